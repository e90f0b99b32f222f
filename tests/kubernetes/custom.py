"""The shapes of custom resources that the chart renders; Kubernetes itself has no schema for them.

A shape is a type, a list with the shape of its items, a set of allowed texts, or a map of keys; `key!` must be there,
and `"*"` stands for any key.
"""

OBJECT = {"apiVersion!": str, "kind!": str, "metadata!": {"name!": str, "namespace!": str, "labels": {"*": str}, "annotations": {"*": str}}}
QUANTITIES = {"cpu": (str, int, float), "memory": (str, int)}
RELABELING = {"sourceLabels": [str], "regex": str, "targetLabel": str, "replacement": str, "separator": str, "action": str}
REMOTE = {"key!": str, "property": str, "version": str}

TCP_ROUTE = {
    **OBJECT,
    "spec!": {
        "parentRefs!": [{"name!": str, "namespace": str, "group": str, "kind": str, "sectionName": str, "port": int}],
        "rules!": [{"name": str, "backendRefs!": [{"name!": str, "port!": int, "weight": int}]}],
    },
}

SHAPES = {
    ("gateway.networking.k8s.io/v1", "TCPRoute"): TCP_ROUTE,
    ("gateway.networking.k8s.io/v1alpha2", "TCPRoute"): TCP_ROUTE,
    ("autoscaling.k8s.io/v1", "VerticalPodAutoscaler"): {
        **OBJECT,
        "spec!": {
            "targetRef!": {"apiVersion!": str, "kind!": str, "name!": str},
            "updatePolicy": {"updateMode": {"Off", "Initial"}},
            "resourcePolicy": {
                "containerPolicies": [
                    {
                        "containerName!": str,
                        "mode": {"Auto", "Off"},
                        "controlledResources": [{"cpu", "memory"}],
                        "controlledValues": {"RequestsOnly", "RequestsAndLimits"},
                        "minAllowed": QUANTITIES,
                        "maxAllowed": QUANTITIES,
                    }
                ]
            },
        },
    },
    ("cert-manager.io/v1", "Certificate"): {
        **OBJECT,
        "spec!": {
            "secretName!": str,
            "issuerRef!": {"name!": str, "kind!": str, "group!": str},
            "duration!": str,
            "renewBefore!": str,
            "privateKey!": {"algorithm!": {"ECDSA", "RSA", "Ed25519"}, "size!": int, "rotationPolicy!": {"Always"}},
            "usages!": [{"digital signature", "key encipherment", "server auth", "client auth"}],
            "dnsNames": [str],
            "ipAddresses": [str],
            "commonName": str,
        },
    },
    ("monitoring.coreos.com/v1", "ServiceMonitor"): {
        **OBJECT,
        "spec!": {
            "namespaceSelector": {"matchNames": [str]},
            "selector!": {"matchLabels": {"*": str}},
            "endpoints!": [
                {
                    "port": str,
                    "interval": str,
                    "scrapeTimeout": str,
                    "relabelings": [RELABELING],
                    "metricRelabelings": [RELABELING],
                }
            ],
        },
    },
    ("monitoring.coreos.com/v1", "PrometheusRule"): {
        **OBJECT,
        "spec!": {
            "groups!": [
                {
                    "name!": str,
                    "rules!": [
                        {"alert": str, "record": str, "expr!": str, "for": str, "labels": {"*": str}, "annotations": {"*": str}}
                    ],
                }
            ]
        },
    },
    ("external-secrets.io/v1", "ExternalSecret"): {
        **OBJECT,
        "spec!": {
            "refreshInterval!": str,
            "secretStoreRef!": {"name!": str, "kind!": {"SecretStore", "ClusterSecretStore"}},
            "target!": {
                "name!": str,
                "creationPolicy": {"Owner", "Orphan", "Merge", "None"},
                "deletionPolicy": {"Delete", "Merge", "Retain"},
            },
            "data": [{"secretKey!": str, "remoteRef!": REMOTE}],
            "dataFrom": [{"extract": REMOTE, "find": dict, "sourceRef": dict, "rewrite": list}],
        },
    },
}


def misfits(value, shape, path=""):
    """Every place where a value does not have its shape."""
    if isinstance(shape, set):
        if value not in shape:
            yield f"{path} is {value!r}, not one of {', '.join(sorted(shape))}"
    elif isinstance(shape, list):
        if not isinstance(value, list) or not value:
            yield f"{path} is no list with items"
            return
        for index, item in enumerate(value):
            yield from misfits(item, shape[0], f"{path}[{index}]")
    elif isinstance(shape, dict):
        if not isinstance(value, dict):
            yield f"{path} is no map"
            return
        known = {key.rstrip("!"): below for key, below in shape.items()}
        yield from (f"{path}.{key[:-1]} is missing" for key in shape if key.endswith("!") and key[:-1] not in value)
        for key, below in value.items():
            if key in known or "*" in known:
                yield from misfits(below, known.get(key, known.get("*")), f"{path}.{key}")
            else:
                yield f"{path}.{key} is unknown"
    # A boolean is an integer to Python.
    elif not isinstance(value, shape) or isinstance(value, bool):
        yield f"{path} is {value!r}"
