package dev.millrace.session.plan;

import dev.millrace.graph.DeviceSpec;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the devices that operations ask for against those there are: the CPUs. With soft placement
 * an operation that asks for another device runs on the CPU; without, it is an error.
 */
final class Place implements Pass {
  private static final Logger LOG = LoggerFactory.getLogger(Place.class);

  private final int cpus;
  private final boolean soft;
  private final boolean log;

  Place(int cpus, boolean soft, boolean log) {
    this.cpus = cpus;
    this.soft = soft;
    this.log = log;
  }

  @Override
  public void run(PlanGraph g) {
    for (PlanNode n : g.nodes()) {
      if (n.isOp()) {
        check(n.origin());
      }
      for (Body b : n.bodies()) {
        run(b.graph());
      }
    }
  }

  private void check(Operation op) {
    DeviceSpec want = op.device();
    boolean there =
        (want.type() == null || want.type().equals("CPU")) && want.index() < cpus && isLocal(want);
    if (!there && !soft) {
      throw new InvalidArgumentException(
              "the node asks for device '"
                  + want
                  + "', but there are only /device:CPU:0"
                  + (cpus > 1 ? " to " + (cpus - 1) : "")
                  + "; SessionOptions.allowSoftPlacement lets it run there")
          .at(op);
    }
    if (log) {
      LOG.info(
          "{} ({}): {}",
          op.name(),
          op.type(),
          there && want.type() != null ? want : "/device:CPU:0");
    }
  }

  private static boolean isLocal(DeviceSpec d) {
    return (d.job() == null || d.job().equals("localhost")) && d.replica() <= 0 && d.task() <= 0;
  }
}
