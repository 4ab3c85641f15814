"""How much may be asked, kept and waited for: every limit of size, rate, time and memory of the app's door, and why.

What a picture file may cost to decode stands in vae_core/drawing/cost.py, what a checkpoint may hold in
vae_core/checkpoint.py, as both are true wherever those are read.
"""

import os

# Bodies, bytes.
BODY_LIMIT = 1_000_000  # a question: a hundred drawings have 0.6 million
PHOTO_LIMIT = 42_000_000  # a telephone's photo of 40 MB in its envelope
CHECKPOINT_LIMIT = 12_000_000  # the largest that can be trained here has 8 million
FILE_LIMITS = {
    "/upload": PHOTO_LIMIT,
    "/live/photo": PHOTO_LIMIT,
    "/live/checkpoint": CHECKPOINT_LIMIT,
}  # by path's end
LARGE_BODY = 100_000  # what is longer, or does not tell its length, takes one of the places below: a thousand
# connections with a body of this length each hold 100 MB
LARGE_BODIES = 8  # files held at once, from the first byte to the answer: 336 MB of photos
LARGE_QUESTIONS = 32  # long questions that come in at once
LARGE_BODIES_EACH = 4  # of one client, so that one alone cannot hold all places
LARGE_BODIES_WAIT = 32  # that are not read yet, and so hold nothing but a connection
JSON_VALUES = 25_000  # in a question to Gradio, which walks through all of it between two other answers: a tenth of a
# second; the longest drawing, 4000 points, has 16,000
JSON_DEPTH = 100  # of brackets: Gradio's walk is recursive, and needs five
NAME_LIMIT = 64  # characters of a session's name, which Gradio keeps

# Work. Live answers cost milliseconds, heavy ones up to seconds; each have their own threads.
LIVE_THREADS = 2  # Python's part of an answer is half of it, so that more threads only get in each other's way
LIVE_WAIT = 128  # a second of work; who comes later is told to come again
LIVE_WAIT_EACH = 32  # of one client, a third of a second: what waits longer is of no use to a hand that moves
HEAVY_THREADS = max(1, (os.cpu_count() or 1) // 2)  # half of the machine stays free for live answers
HEAVY_WAIT = 24  # ten seconds of usual work
HEAVY_WAIT_EACH = 12
TOOLS = 4  # calls by MCP under way: each is one that the app puts to itself, and waits there for its turn
LIVE_PICTURES = 128  # decoded for one live answer, 60 ms; what needs more is heavy
MODEL_MULTIPLICATIONS = 150_000_000  # of weights, for one picture: 2.4 times `conv`; the dearest model that can be
# trained here has 141 million
LIVE_SIGNS = 40  # written for one live answer

# Shares of a client: an address, or the network of 2^64 addresses that one customer of IPv6 has.
RATE = 600.0  # questions a second, more than one process answers: 50 people who draw behind one address
BURST = 1200.0  # questions at once after a rest
CLIENTS = 10_000  # remembered; a megabyte
RETRY_AFTER = 1  # seconds after which who was refused for load may ask again

# Connections.
CONNECTIONS = 1000  # open at once; above that the one that has been idle longest is closed
DESCRIPTORS_KEPT = 128  # of the files a process may have open, for what is no connection
HEADER_BYTES = 32_768  # of one request
HEADER_TIME = 10.0  # seconds for a request's first line and headers, from the connection or its first byte on
IDLE_TIME = 5  # seconds between two requests over one connection
BODY_TIME = 10.0  # seconds for any body
BODY_RATE = 20_000  # bytes a second that a longer body comes at, at least: a photo over a poor line
LONGEST_BODY_TIME = 180.0  # seconds, as long as the page waits
READING_TIME = 30.0  # seconds in which who is sent an answer takes 64 kB of it
GRACE = 8  # seconds that a request under way has to end in when the app is told to

# Kept.
SESSIONS = 100  # of Gradio's, 170 kB each and of use for a single call
ROOM = 400_000_000  # bytes of uploads and of files that endpoints drew; the oldest go first
ROOM_FILES = 4000  # each with a folder of its own
YOUNG = 30.0  # seconds that a file stays at least, so that who uploaded it can name it
LOADED = 10  # models of the shelves in memory at once, 240 MB of the largest, as PyTorch and onnxruntime hold it
QUEUE = 32  # of Gradio's jobs that may wait

# Told.
LINES = 20  # of the log about one kind of event in a minute; the next tells how many were left out
SEEN = 30.0  # seconds after which who asked nothing more does not count as drawing any more
