"""What a request costs: this service against a tutorial's way of writing it and against a bare ASGI app.

`make bench`, or `make bench BENCH_ARGS="--database sqlite --rounds 3"`. All are measured in the same run, in turns,
each as one real process behind one keep-alive connection. Timings are told here and asserted nowhere else. Linux only.
"""
