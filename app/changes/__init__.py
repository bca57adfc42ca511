"""The numbered log as a feed: every change once, in the order of `seq`; a page never ends inside a seq."""
