package dev.millrace.session.plan;

import dev.millrace.graph.InternalException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.collections.Holding;
import dev.millrace.session.state.Wait;

/** A node that may have to wait, as a stage. */
final class WaitStage implements Stage {
  private static final State NONE =
      new State() {
        @Override
        public void release() {}

        @Override
        public void close() {}
      };

  private final PlanNode node;
  private final int[] inputs;
  private final int[] outputs;

  /**
   * @param inputs by input of the node the carrier that gives it
   * @param outputs by output the carrier that takes it
   */
  WaitStage(PlanNode node, int[] inputs, int[] outputs) {
    this.node = node;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  @Override
  public int[] reads() {
    return inputs.clone();
  }

  @Override
  public void setLastReads(int[] carriers) {
    // Values stay until the run ends: nobody knows which part comes last.
  }

  @Override
  public State newState(RunContext context) {
    return NONE;
  }

  /** Begins; when it is done and finished, the run's carriers have the results. */
  Wait begin(BlockRun run) {
    TensorValue[] in = new TensorValue[inputs.length];
    for (int i = 0; i < in.length; i++) {
      in[i] = Holding.uncounted(run.carrier(inputs[i]).toValue());
    }
    RunContext context = run.context();
    NodeContext c = new NodeContext(node, in, context.resources().state(), context.state());
    return NodeWait.begin(
        node,
        c,
        context.state().control(),
        context.resources().checkNumbers(),
        out -> {
          for (int i = 0; i < outputs.length; i++) {
            run.carrier(outputs[i]).setValue(out[i]);
          }
        });
  }

  @Override
  public void run(BlockRun run, State state) {
    throw new InternalException("a part that may wait is begun, not run");
  }

  @Override
  public void describe(PlanText to, Shape[] shapes) {
    to.line(node + ", which may wait for other runs");
    for (int i = 0; i < outputs.length; i++) {
      Shape s = node.staticShape(i);
      shapes[outputs[i]] = s.isFullyDefined() ? s : null;
    }
  }

  @Override
  public void clear() {
    // Nothing is kept from run to run.
  }
}
