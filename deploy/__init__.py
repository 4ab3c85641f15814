"""Several processes and several machines: HAProxy, containers, Ray Serve."""
