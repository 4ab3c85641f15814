"""A model as ONNX graphs, for runtimes without PyTorch."""
