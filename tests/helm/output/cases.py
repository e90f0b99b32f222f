"""What `helm template` is asked: charts without actions, and flags. "helm4" is what Helm 4 gives where Helm 3.6.2 gives
something else (helm/helm at v4.2.3: pkg/action, pkg/release/v1/util)."""

import json
import random

KINDS = ["PriorityClass", "Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodSecurityPolicy", "PodDisruptionBudget", "ServiceAccount", "Secret", "SecretList", "ConfigMap", "StorageClass", "PersistentVolume", "PersistentVolumeClaim", "CustomResourceDefinition", "ClusterRole", "ClusterRoleList", "ClusterRoleBinding", "ClusterRoleBindingList", "Role", "RoleList", "RoleBinding", "RoleBindingList", "Service", "DaemonSet", "Pod", "ReplicationController", "ReplicaSet", "Deployment", "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob", "IngressClass", "Ingress", "APIService", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "Zebra", "Apple", "List"]


def obj(kind, name="x", extra="", ann=None):
    a = "" if ann is None else "  annotations:\n" + "".join(f"    {k}: {json.dumps(v)}\n" for k, v in ann.items())
    return f"apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}\n{a}{extra}"


def hook(event, name="h", kind="Job", **more):
    ann = {"helm.sh/hook": event}
    ann.update({f"helm.sh/hook-{k}": v for k, v in more.items()})
    return obj(kind, name, "", ann)


T = "templates/"


def all_cases():
    cases = []

    def add(name, files, flags=None, helm4=None):
        c = {"name": name, "files": files}
        if flags:
            c["flags"] = flags
        if helm4 is not None:
            c["helm4"] = helm4
        cases.append(c)

    random.seed(7)
    shuffled = KINDS[:]
    random.shuffle(shuffled)
    # kinds that 3.6.2 does not know are left to helm4 answers
    known3 = [
        k
        for k in shuffled
        if k not in ("PriorityClass", "IngressClass", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
    ]
    add("every kind in install order", {T + "all.yaml": "---\n".join(obj(k, k.lower()) for k in known3)})
    order4 = sorted(shuffled, key=lambda k: (KINDS.index(k), "") if k not in ("Zebra", "Apple", "List") else (99, k))
    add(
        "every kind in Helm 4's install order",
        {T + "all.yaml": "---\n".join(obj(k, k.lower()) for k in shuffled)},
        None,
        {"stdout": "".join(f"---\n# Source: t/templates/all.yaml\n{obj(k, k.lower())}" for k in order4)},
    )
    add(
        "one kind keeps the order of its files",
        {
            T + "b.yaml": obj("Service", "b"),
            T + "a.yaml": obj("Service", "z"),
            T + "d/a.yaml": obj("Service", "c"),
            "charts/s/Chart.yaml": "apiVersion: v2\nname: s\nversion: 1.0.0\n",
            "charts/s/templates/a.yaml": obj("Service", "s"),
        },
    )
    add(
        "documents of one file",
        {
            T + "a.yaml": "---\n"
            + obj("Service", "a")
            + "---\n# only a comment\n---\n"
            + obj("ConfigMap", "b")
            + "--- # note\n"
            + obj("Secret", "c")
        },
    )
    # The second separator stays at the top of the next document up to Helm 4.2.3; 4.2.4 repairs that.
    doubled = {"stdout": "---\n# Source: t/templates/a.yaml\n" + obj("Service", "a")}
    add("two separators in a row", {T + "a.yaml": "---\n\n---\n" + obj("Service", "a")}, None, doubled)
    add("a file of comments", {T + "a.yaml": "# nothing here\n# at all\n"})
    add("an empty file", {T + "a.yaml": "\n\n"})
    add(
        "files that are no YAML names",
        {
            T + "a.txt": obj("Service", "a"),
            T + "b.json": json.dumps({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "b"}}),
            T + "c": obj("Service", "c"),
        },
    )
    add(
        "notes are no manifest",
        {T + "NOTES.txt": "hello\n", T + "myNOTES.txt": "hello: [\n", T + "a.yaml": obj("Service", "a")},
    )
    add(
        "partials are no manifest",
        {T + "_a.yaml": obj("Service", "a"), T + "d/_b.tpl": "x", T + "a.yaml": obj("Service", "b")},
    )
    add(
        "hooks come last, by kind",
        {
            T + "a.yaml": hook("pre-install", "j"),
            T + "b.yaml": hook("post-delete", "s", kind="Service"),
            T + "c.yaml": obj("Zebra", "z"),
        },
    )
    add(
        "weights do not move hooks",
        {T + "a.yaml": hook("pre-install", "j", weight="5"), T + "b.yaml": hook("pre-install", "i", weight="-5")},
    )
    for e in (
        "pre-install",
        "post-install",
        "pre-delete",
        "post-delete",
        "pre-upgrade",
        "post-upgrade",
        "pre-rollback",
        "post-rollback",
        "test",
        "test-success",
        " Pre-Install , TEST ",
        "pre-install,post-upgrade",
    ):
        add(f"hook {e!r}", {T + "a.yaml": hook(e)})
    for e in ("crd-install", "pre-install,foo", "", "pre-install,"):
        add(f"unknown hook {e!r}", {T + "a.yaml": hook(e), T + "b.yaml": obj("Service")})
    tests = {
        T + "a.yaml": hook("test", "t", kind="Pod"),
        T + "b.yaml": hook("pre-install", "j"),
        T + "c.yaml": hook("test,pre-install", "k", kind="Pod"),
        T + "d.yaml": obj("Service"),
    }
    add("without tests", tests, ["--skip-tests"])
    add("without hooks", tests, ["--no-hooks"])
    add("with tests and hooks", tests)
    many = {
        T + "a.yaml": obj("Service", "a"),
        T + "b.yaml": obj("ConfigMap", "b") + "---\n" + obj("Secret", "b2"),
        T + "d/c.yaml": obj("Service", "c"),
        T + "h.yaml": hook("test", "h", kind="Pod"),
        "crds/x.yaml": obj("CustomResourceDefinition", "x"),
        "charts/s/Chart.yaml": "apiVersion: v2\nname: s\nversion: 1.0.0\n",
        "charts/s/templates/a.yaml": obj("Service", "s"),
        "charts/s/crds/y.yaml": obj("CustomResourceDefinition", "y"),
    }
    for pats in (
        ["templates/a.yaml"],
        ["templates/b.yaml"],
        ["templates/*.yaml"],
        ["templates/?.yaml"],
        ["templates/[ab].yaml"],
        ["templates/*/c.yaml"],
        ["templates/**"],
        ["charts/s/templates/a.yaml"],
        ["charts/*/templates/*"],
        ["templates/h.yaml"],
        ["templates/b.yaml", "templates/a.yaml"],
        ["templates/a.yaml", "templates/a.yaml"],
        ["nothing"],
        ["a.yaml"],
        ["t/templates/a.yaml"],
        ["templates"],
    ):
        add("show only " + " ".join(pats), many, [f for p in pats for f in ("--show-only", p)])
    add("everything", many)
    parts = [("crds/x.yaml", many["crds/x.yaml"]), ("charts/s/crds/y.yaml", many["charts/s/crds/y.yaml"])]
    secret, config = obj("Secret", "b2"), obj("ConfigMap", "b")
    parts += [(T + "b.yaml", secret), (T + "b.yaml", config), ("charts/s/templates/a.yaml", obj("Service", "s"))]
    parts += [
        (T + "a.yaml", many[T + "a.yaml"]),
        (T + "d/c.yaml", many[T + "d/c.yaml"]),
        (T + "h.yaml", many[T + "h.yaml"]),
    ]
    in_order = "".join(f"---\n# Source: t/{path}\n{text}" for path, text in parts)
    add("with CRDs", many, ["--include-crds"], {"stdout": in_order})
    add("to a directory", many, ["--output-dir", "out"])
    add("to a directory of the release", many, ["--output-dir", "out", "--release-name"])
    add("a rendered list", {T + "a.yaml": "- a\n"})
    add("rendered text", {T + "a.yaml": "just text\n"})
    add("rendered YAML that is broken", {T + "a.yaml": "a: [\n"})
    add(
        "an annotation that is a map",
        {T + "a.yaml": "apiVersion: v1\nkind: X\nmetadata: {name: a, annotations: {a: {b: 1}}}\n"},
    )
    add("metadata that is no map", {T + "a.yaml": "apiVersion: v1\nkind: X\nmetadata: 5\n"})
    add("numbers as names", {T + "a.yaml": "apiVersion: 1\nkind: Service\nmetadata: {name: 5}\n"})
    for k in ("1.20", "v1.20.3", "1.33.4-gke.1", "1.20.0+k3s1", "1", "x", "1.2.3.4", "1.x", ""):
        helm4 = {"error": "illegal version string"} if k == "1" else None
        add(f"kube version {k!r}", {T + "a.yaml": obj("Service")}, ["--kube-version", k], helm4)
    return cases
