"""How a training run stands, in words."""

from typing import Any


def news(
    state: str,
    mine: bool,
    about: dict[str, Any],
    live: dict[str, Any],
    reports: list[dict[str, Any]],
    why: str,
    reserved: float = 0.0,
) -> str:
    """A few sentences about the run, for whoever looks; `reserved` are the seconds it still waits for its own page."""
    told = story(state, mine, about, live, reports, why)
    if reserved:
        told += f" It waits for {'you' if mine else 'whoever started it'} {hours(reserved)}, unless it is let go."
    return told


def hours(seconds: float) -> str:
    """For how long something waits, in whole hours."""
    count = max(1, round(seconds / 3600))
    return f"for up to {count} more hour{'s' if count > 1 else ''}"


def story(
    state: str, mine: bool, about: dict[str, Any], live: dict[str, Any], reports: list[dict[str, Any]], why: str
) -> str:
    epochs = about.get("settings", {}).get("epochs", 0)
    done = len(reports)
    kept = f"The model of epoch {done} is kept as {about.get('name')}." if done else "No epoch was finished yet."
    if state == "none":
        return "Nothing was trained here yet."
    if state == "starting":
        return "The training is starting." if mine else "Somebody is starting a training."
    if state == "running":
        left = f"{done} of {epochs} epochs, {time_left(live.get('seconds_left'))}"
        return f"Running: {left}." if mine else f"Somebody else’s training is running: {left}. Your turn comes after."
    if state == "stopping":
        return "Stopping, as soon as all is saved."
    if state == "stopped":
        return f"Stopped in epoch {live.get('epoch', done) + 1} of {epochs}. {kept}"
    if state == "finished":
        return f"Finished: {epochs} epochs{accuracy(reports)}. The model is kept as {about.get('name')}."
    if state == "failed":
        return f"The training ended with an error: {why[:300]}. {kept}"
    return f"The training process ended unexpectedly in epoch {done + 1} of {epochs}. {kept}"


def accuracy(reports: list[dict[str, Any]]) -> str:
    share = reports[-1].get("test_accuracy") if reports else None
    return "" if share is None else f", {100 * share:.2f} % of the test digits read right"


def time_left(seconds: Any) -> str:
    """Roughly, as a person would say it."""
    if not isinstance(seconds, (int, float)):
        return "time left not known yet"
    if seconds < 50:
        return f"about {max(5, 5 * round(seconds / 5))} seconds left"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"about {minutes} minute{'s' if minutes > 1 else ''} left"
    return f"about {round(seconds / 3600)} hours left"
