"""Inference: models served by oneself, and the economics of model calls.

- `serving`: the figures `serving/COMPONENT/...`; `served`: what they are made from; `times`: times of calls from it
- `economics`: the figures `inference/SUBJECT/...`; `routes`: cheap model first
"""
