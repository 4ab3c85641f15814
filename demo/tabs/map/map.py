"""Map: a plane of the latent space, decoded as a tapestry, with the test set's digits and the drawing as points."""

from demo.page.widget import widget


def map_tab() -> None:
    """The Map tab; all of it is in the page."""
    widget("tabs/map/map", digits=list(range(10)))
