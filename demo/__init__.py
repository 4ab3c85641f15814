"""What a person sees and touches: the Gradio app on top of vae_core."""

from demo.app import build
from demo.door.server import Door, listen, serve

__all__ = ["Door", "build", "listen", "serve"]
