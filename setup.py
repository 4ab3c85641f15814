"""What pyproject.toml cannot say: the packages are those found here, and the checkpoints go into one of them."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["demo*", "vae_core*"]), "vae_core.checkpoints"],
    package_dir={"vae_core.checkpoints": "checkpoints"},
)
