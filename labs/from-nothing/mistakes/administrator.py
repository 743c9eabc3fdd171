"""Builds the shop, then gives the application all rights."""

import runpy
from pathlib import Path

import boto3

built = runpy.run_path(str(Path(__file__).parent.parent / "solution" / "boto3.py"))
everything = "arn:aws:iam::aws:policy/AdministratorAccess"
boto3.client("iam").attach_role_policy(RoleName="shopRole", PolicyArn=everything)
