"""Webhooks: the log pushed to other systems, signed as Standard Webhooks.

What is to be delivered follows from the log alone: an endpoint is a place in it. There is no second list that could
hold what was rolled back or lack what was committed. Deliveries go in order, one at a time for an endpoint, and at
least once; `webhook-id` names the change, so it is the same in every attempt.
"""
