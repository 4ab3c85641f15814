"""What every tab shares in the browser."""
