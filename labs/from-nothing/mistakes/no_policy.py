"""Builds the shop, without a policy that says when to grow."""

import runpy
from pathlib import Path

import boto3

built = runpy.run_path(str(Path(__file__).parent.parent / "solution" / "boto3.py"))
boto3.client("application-autoscaling").delete_scaling_policy(**built["SCALED"], PolicyName="cpu")
