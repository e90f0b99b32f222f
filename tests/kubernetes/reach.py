"""Whether one end of a network may reach another by the rules of NetworkPolicies (networking.k8s.io/v1).

A policy selects pods of its namespace. A pod that no policy selects for a direction is open in that direction; else a
connection needs a rule of any of those policies, at both ends. Traffic of a node to its own pods is never asked about.
"""

import dataclasses
import ipaddress


@dataclasses.dataclass(frozen=True)
class Pod:
    """A pod with its named ports: {"postgresql": (5432, "TCP")}."""

    name: str
    namespace: str
    labels: dict
    address: str
    ports: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Host:
    """An address that is no pod's."""

    name: str
    address: str


def selects(selector, labels):
    """Whether a label selector matches; an empty one matches everything."""
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    for rule in selector.get("matchExpressions") or []:
        key, operator, values = rule["key"], rule["operator"], rule.get("values", [])
        held = {
            "In": labels.get(key) in values,
            "NotIn": labels.get(key) not in values,
            "Exists": key in labels,
            "DoesNotExist": key not in labels,
        }
        if not held[operator]:
            return False
    return True


class Cluster:
    """Namespaces with their labels, and policies."""

    def __init__(self, namespaces, policies):
        self.namespaces = {
            name: {"kubernetes.io/metadata.name": name, **labels} for name, labels in namespaces.items()
        }
        self.policies = policies

    def may_reach(self, source, target, port, protocol="TCP"):
        """Whether a connection gets out of its source and into its target."""
        return self._open("Egress", source, target, target, port, protocol) and self._open(
            "Ingress", target, source, target, port, protocol
        )

    def _open(self, direction, end, peer, target, port, protocol):
        if isinstance(end, Host):
            return True
        rules_key, peers_key = {"Egress": ("egress", "to"), "Ingress": ("ingress", "from")}[direction]
        closing = [policy for policy in self.policies if self._closes(policy, direction, rules_key, end)]
        if not closing:
            return True
        return any(
            self._is_peer(rule.get(peers_key) or [], peer, policy["metadata"]["namespace"])
            and self._is_port(rule.get("ports") or [], target, port, protocol)
            for policy in closing
            for rule in policy["spec"].get(rules_key) or []
        )

    @staticmethod
    def _closes(policy, direction, rules_key, pod):
        spec = policy["spec"]
        # Without types a policy closes what comes in, and what goes out only when it has rules for it.
        types = spec.get("policyTypes") or ["Ingress"] + (["Egress"] if rules_key in spec and direction == "Egress" else [])
        here = policy["metadata"]["namespace"] == pod.namespace
        return here and direction in types and selects(spec.get("podSelector") or {}, pod.labels)

    def _is_peer(self, peers, end, namespace):
        return not peers or any(self._matches(peer, end, namespace) for peer in peers)

    def _matches(self, peer, end, namespace):
        if "ipBlock" in peer:
            address = ipaddress.ip_address(end.address)
            block = peer["ipBlock"]
            inside = address in ipaddress.ip_network(block["cidr"])
            return inside and not any(address in ipaddress.ip_network(cidr) for cidr in block.get("except") or [])
        if isinstance(end, Host):
            return False
        if "namespaceSelector" in peer:
            if not selects(peer["namespaceSelector"] or {}, self.namespaces[end.namespace]):
                return False
        elif end.namespace != namespace:
            return False
        return selects(peer.get("podSelector") or {}, end.labels)

    @staticmethod
    def _is_port(ports, target, number, protocol):
        if not ports:
            return True
        for port in ports:
            wanted = port.get("port")
            if port.get("protocol", "TCP") != protocol:
                continue
            if isinstance(wanted, str):
                if isinstance(target, Pod) and target.ports.get(wanted) == (number, protocol):
                    return True
            elif wanted is None or wanted <= number <= port.get("endPort", wanted):
                return True
        return False
