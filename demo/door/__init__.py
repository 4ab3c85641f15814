"""The server's side of the page's questions: what is asked, whether it may be, and what is answered."""
