"""API operations on service deployments and service revisions: the history of a service."""

from ecslab.cloud.ecs import fleets, hooks, listeners, messages, messages_shift, placement
from ecslab.cloud.ecs.describe import pending, present, running, tasks_of
from ecslab.cloud.ecs.model import JSON, Deployment, Rollout, Service
from ecslab.cloud.ecs.paging import page, with_token
from ecslab.cloud.ecs.shifting import Stage
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports.api import ApiError
from ecslab.terms import rolling

OPEN = ("PENDING", "IN_PROGRESS", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS")


def list_deployments(state: State, params: JSON) -> JSON:
    cluster = state.cluster(params.get("cluster"))
    service = state.service(cluster, params["service"])
    chosen = [d for d in service.history if not params.get("status") or d.outcome in params["status"]]
    created = params.get("createdAt") or {}
    if created.get("before") is not None:
        chosen = [d for d in chosen if state.world.epoch_seconds(d.created) < _seconds(created["before"])]
    if created.get("after") is not None:
        chosen = [d for d in chosen if state.world.epoch_seconds(d.created) > _seconds(created["after"])]
    items, token = page(chosen, params, default=20)
    return with_token({"serviceDeployments": [_brief(state, service, d) for d in items]}, token)


def _seconds(value: object) -> float:
    """A timestamp parameter: epoch seconds, or the datetime that a parser made of it."""
    stamp = getattr(value, "timestamp", None)
    return float(stamp()) if callable(stamp) else float(str(value))


def _brief(state: State, service: Service, deployment: Deployment) -> JSON:
    epoch = state.world.epoch_seconds
    finished = deployment.finished
    return present(
        {
            "serviceDeploymentArn": deployment.record_arn,
            "serviceArn": service.arn,
            "clusterArn": service.cluster.arn,
            "createdAt": epoch(deployment.created),
            "startedAt": epoch(deployment.created),
            "finishedAt": None if finished is None else epoch(finished),
            "targetServiceRevisionArn": deployment.revision_arn,
            "status": deployment.outcome,
            "statusReason": deployment.outcome_reason,
        }
    )


def describe_deployments(state: State, params: JSON) -> JSON:
    found, failures = [], []
    for arn in params["serviceDeploymentArns"]:
        pair = _find(state, arn, "record_arn")
        if pair is None:
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(_whole(state, *pair))
    return {"serviceDeployments": found, "failures": failures}


def _whole(state: State, service: Service, deployment: Deployment) -> JSON:
    answer = _brief(state, service, deployment)
    target = answer.pop("targetServiceRevisionArn")
    answer["updatedAt"] = state.world.epoch_seconds(deployment.updated)
    if deployment.outcome in ("STOPPED", "ROLLBACK_FAILED", "ROLLBACK_SUCCESSFUL") and deployment.finished:
        answer["stoppedAt"] = state.world.epoch_seconds(deployment.finished)
    answer["sourceServiceRevisions"] = [_summary(service, d) for d in deployment.sources]
    answer["targetServiceRevision"] = {**_summary(service, deployment), "arn": target}
    _add_weights(deployment, answer)
    answer["deploymentConfiguration"] = service.settings["deploymentConfiguration"]
    answer["deploymentCircuitBreaker"] = _breaker(service, deployment)
    answer["alarms"] = _alarms(service, deployment)
    passage = deployment.passage
    if deployment.outcome in OPEN:
        answer["lifecycleStage"] = _stage(deployment)
    if passage is not None and passage.runs:
        answer["lifecycleHookDetails"] = [hooks.describe(state, run) for run in passage.runs]
    if deployment.rolled_back is not None:
        started = state.world.epoch_seconds(deployment.rolled_back["startedAt"])
        answer["rollback"] = {**deployment.rolled_back, "startedAt": started}
    return answer


def _stage(deployment: Deployment) -> str:
    """A rolling deployment scales up, and bakes while its alarms are watched."""
    passage = deployment.passage
    if passage is not None and not (passage.rolling and passage.over):
        return str(passage.stage)
    return Stage.SCALE_UP if deployment.bake_until is None else Stage.BAKE_TIME


def _add_weights(deployment: Deployment, answer: JSON) -> None:
    """How the traffic of shifted load balancers is shared; the sources share what the target does not get."""
    passage = deployment.passage
    if passage is None or passage.rolling or not listeners.shifted(deployment):
        return
    kinds = [("requestedProductionTrafficWeight", passage.production)]
    if listeners.has_test_rule(deployment):
        kinds.append(("requestedTestTrafficWeight", passage.test))
    for name, share in kinds:
        answer["targetServiceRevision"][name] = float(share)
        for number, source in enumerate(answer["sourceServiceRevisions"]):
            source[name] = float(100 - share) if number == 0 else 0.0


def _summary(service: Service, deployment: Deployment) -> JSON:
    tasks = tasks_of(service, deployment)
    active = deployment in service.deployments
    return {
        "arn": deployment.revision_arn,
        "requestedTaskCount": fleets.wanted(service, deployment) if active else 0,
        "runningTaskCount": running(tasks),
        "pendingTaskCount": pending(tasks),
    }


def _alarms(service: Service, deployment: Deployment) -> JSON:
    names = list(service.alarms.get("alarmNames") or [])
    if not service.alarms.get("enable") or deployment.monitored is False:
        status = "DISABLED"
    elif deployment.triggered:
        status = "TRIGGERED"
    else:
        status = "MONITORING" if deployment.outcome in OPEN else "MONITORING_COMPLETE"
    return {"status": status, "alarmNames": names, "triggeredAlarmNames": list(deployment.triggered)}


def _breaker(service: Service, deployment: Deployment) -> JSON:
    if not service.breaker["enable"]:
        status = "DISABLED"
    elif deployment.rollout == Rollout.FAILED and deployment.rollout_reason == messages.BREAKER_FAILED:
        status = "TRIGGERED"
    else:
        status = "MONITORING" if deployment.outcome in OPEN else "MONITORING_COMPLETE"
    return {
        "status": status,
        "failureCount": deployment.failures_seen,
        "threshold": rolling.breaker_threshold(
            service.desired, service.breaker.get("thresholdConfiguration")
        ),
    }


def stop_deployment(state: State, params: JSON) -> JSON:
    arn = params["serviceDeploymentArn"]
    if params.get("stopType") == "ABORT":
        raise ApiError("UnsupportedFeatureException", messages.ABORT_UNSUPPORTED)
    pair = _find(state, arn, "record_arn")
    if pair is None:
        raise ApiError("ServiceDeploymentNotFoundException", messages_shift.NO_SUCH_DEPLOYMENT)
    service, deployment = pair
    if deployment.outcome not in OPEN:
        raise ApiError(
            "ConflictException",
            f"The service deployment can't be stopped because it is in the {deployment.outcome} state.",
        )
    if deployment.outcome in ("PENDING", "IN_PROGRESS"):
        deployment.stop_requested = True
        deployment.outcome = "ROLLBACK_REQUESTED"
        deployment.updated = state.world.now
        state.wake(service)
        state.world.touch()
    return {"serviceDeploymentArn": arn}


def describe_revisions(state: State, params: JSON) -> JSON:
    found, failures = [], []
    for arn in params["serviceRevisionArns"]:
        pair = _find(state, arn, "revision_arn")
        if pair is None:
            failures.append({"arn": arn, "reason": "MISSING"})
            continue
        service, deployment = pair
        found.append(
            present(
                {
                    "serviceRevisionArn": arn,
                    "serviceArn": service.arn,
                    "clusterArn": service.cluster.arn,
                    "taskDefinition": deployment.definition.arn,
                    "launchType": None if deployment.strategy else deployment.launch_type,
                    "capacityProviderStrategy": deployment.strategy or None,
                    "platformVersion": placement.platform(deployment.platform_version),
                    "platformFamily": "Linux",
                    "loadBalancers": deployment.load_balancers,
                    "networkConfiguration": deployment.network or None,
                    "containerImages": [
                        present(
                            {
                                "containerName": container["name"],
                                "image": container["image"],
                                "imageDigest": deployment.digests.get(container["name"]),
                            }
                        )
                        for container in deployment.definition.containers
                    ],
                    "guardDutyEnabled": state.settings.get("guardDutyActivate", "off") == "on",
                    "serviceRegistries": [],
                    "volumeConfigurations": [],
                    "vpcLatticeConfigurations": [],
                    "resolvedConfiguration": _resolved(deployment),
                    "createdAt": state.world.epoch_seconds(deployment.created),
                }
            )
        )
    return {"serviceRevisions": found, "failures": failures}


def _resolved(deployment: Deployment) -> JSON:
    balancers = []
    for balancer in deployment.attached:
        rule = (balancer.get("advancedConfiguration") or {}).get("productionListenerRule")
        balancers.append(
            present({"targetGroupArn": balancer["targetGroupArn"], "productionListenerRule": rule})
        )
    return {"loadBalancers": balancers}


def _find(state: State, arn: str, attribute: str) -> tuple[Service, Deployment] | None:
    prefix = state.arn("service-", "")[:-2]
    if not arn.startswith(prefix):
        raise ApiError("InvalidParameterException", f"Invalid ARN: {arn}")
    for service in state.services.values():
        for deployment in service.history:
            if getattr(deployment, attribute) == arn:
                return service, deployment
    return None


OPERATIONS = {
    "ListServiceDeployments": list_deployments,
    "DescribeServiceDeployments": describe_deployments,
    "DescribeServiceRevisions": describe_revisions,
    "StopServiceDeployment": stop_deployment,
}
