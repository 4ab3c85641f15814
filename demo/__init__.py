"""What a person sees and touches: the Gradio app on top of vae_core."""

from demo.app import build, launch

__all__ = ["build", "launch"]
