"""What a person sees and touches: the Gradio app on top of vae_core."""
