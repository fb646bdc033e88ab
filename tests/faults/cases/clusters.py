"""Faults of a cluster of three RabbitMQ nodes: two of them must be enough to work with, all the time."""

from tests.faults.broker_users import CONSUMER
from tests.faults.cases import idling
from tests.faults.cases.case import Case
from tests.faults.cluster import SIZE, TICK_SECONDS, Cluster
from tests.faults.member import Member
from tests.faults.stage import Stage

SECONDS = 25  # over which the events are spread
AWAY = 20  # seconds
HALTED = 40  # seconds: longer than it takes to notice
APART = 30  # seconds: long enough to be noticed, and for the smaller part to pause


def cluster_of(stage: Stage) -> Cluster:
    """The cluster of a case."""
    broker = stage.servers.broker
    assert isinstance(broker, Cluster)
    return broker


def leader_of(stage: Stage) -> Member:
    """The node that leads the consumer's queue."""
    return cluster_of(stage).leader_of(stage.vhost, stage.system.queue)


def make_whole(stage: Stage) -> None:
    """Wait until all nodes keep the consumer's queue again."""
    cluster_of(stage).make_whole(stage.vhost, stage.system.queue)


def begin(stage: Stage) -> None:
    """Have events flow."""
    stage.start()
    make_whole(stage)
    stage.order(per_second=stage.events / SECONDS)
    stage.wait_for_effects(0.2)


def leader_killed(stage: Stage) -> None:
    """`kill -9` of the node that leads the consumer's queue; it comes back when events have gone on."""
    begin(stage)
    leader = leader_of(stage)
    leader.kill()
    stage.wait_for_effects(0.7)
    stage.require_ready_now("while a node was away")
    cluster_of(stage).start_one(leader)
    stage.healed()


def node_away(stage: Stage) -> None:
    """Stop the node to which the consumer is connected, for a while."""
    begin(stage)
    node = cluster_of(stage).node_of(CONSUMER)
    node.stop()
    stage.pause(AWAY)
    stage.wait_for_effects(0.7)
    stage.require_ready_now("while a node was away")
    cluster_of(stage).start_one(node)
    stage.healed()


def node_halted(stage: Stage) -> None:
    """Halt the node to which the consumer is connected: its connections stay, and it says nothing."""
    begin(stage)
    node = cluster_of(stage).node_of(CONSUMER)
    node.halt()
    try:
        stage.pause(HALTED)
        stage.wait_for_effects(0.7)
        stage.require_ready_now("while a node was halted")
    finally:
        node.go_on()
    stage.healed()


def majority_lost(stage: Stage) -> None:
    """Kill two nodes at once; the third may serve no client until one of them is back."""
    begin(stage)
    cluster = cluster_of(stage)
    lost = cluster.members[:2]
    for node in lost:
        node.kill()
    stage.pause(AWAY)
    cluster.start()
    stage.healed()


def partition(stage: Stage) -> None:
    """Hold back whatever is sent between the leader of the consumer's queue and the two others."""
    begin(stage)
    leader = leader_of(stage)
    cluster_of(stage).isolate(leader)
    stage.pause(APART)
    stage.wait_for_effects(0.7)
    stage.require_ready_now("while a node was cut off")
    cluster_of(stage).reunite(leader)
    stage.healed()


def rolling_restart(stage: Stage) -> None:
    """Restart one node after the other, as for an upgrade: the next when all keep the queue again."""
    begin(stage)
    for member in cluster_of(stage).members:
        member.stop()
        cluster_of(stage).start_one(member)
        make_whole(stage)
    stage.healed()


def idle(stage: Stage) -> None:
    """The same with nothing to do: ready all the same, and ready again."""
    cluster = cluster_of(stage)
    idling.begin(stage)
    make_whole(stage)
    leader = leader_of(stage)
    leader.kill()
    stage.pause(AWAY)
    stage.require_ready_now("idle while a node was away")
    cluster.start_one(leader)
    stage.healed()
    stage.require_ready()
    make_whole(stage)
    node = cluster.node_of(CONSUMER)
    cluster.isolate(node)
    stage.pause(APART)
    stage.require_ready_now("idle while a node was cut off")
    cluster.reunite(node)
    stage.healed()
    stage.require_ready()


CASES = (
    Case(
        "cluster: leader killed",
        f"Of {SIZE} RabbitMQ nodes the one that leads the consumer's queue is ended by SIGKILL under load; "
        "events go on without it, then it comes back.",
        leader_killed,
        short=False,
        only_ours=True,
        on_cluster=True,
    ),
    Case(
        "cluster: one node away",
        f"Of {SIZE} RabbitMQ nodes the one to which the consumer is connected is stopped for {AWAY} s under "
        "load; events go on without it.",
        node_away,
        short=False,
        only_ours=True,
        on_cluster=True,
    ),
    Case(
        "cluster: one node halted",
        f"Of {SIZE} RabbitMQ nodes the one to which the consumer is connected is halted by SIGSTOP for "
        f"{HALTED} s under load: its connections stay, and it says nothing.",
        node_halted,
        short=False,
        only_ours=True,
        on_cluster=True,
    ),
    Case(
        "cluster: two nodes killed",
        f"Of {SIZE} RabbitMQ nodes two are ended by SIGKILL under load; they come back {AWAY} s later.",
        majority_lost,
        short=False,
        only_ours=True,
        on_cluster=True,
    ),
    Case(
        "cluster: partition",
        "Nothing passes any more between the leader of the consumer's queue and the two other nodes, for "
        f"{APART} s under load (pause_minority, net_ticktime {TICK_SECONDS} s); events go on through the "
        "two.",
        partition,
        short=False,
        only_ours=True,
        on_cluster=True,
    ),
    Case(
        "cluster: rolling restart",
        f"{SIZE} RabbitMQ nodes are restarted one after the other under load.",
        rolling_restart,
        short=False,
        only_ours=True,
        on_cluster=True,
    ),
    Case(
        "cluster: idle",
        f"With nothing to do: a node is killed for {AWAY} s, then another cut off for {APART} s; both "
        "services are ready while it is away, and when it is back.",
        idle,
        short=False,
        only_ours=True,
        on_cluster=True,
    ),
)
