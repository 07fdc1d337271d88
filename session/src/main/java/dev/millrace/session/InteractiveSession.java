package dev.millrace.session;

import dev.millrace.graph.Evaluator;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import java.util.List;
import java.util.Map;

/**
 * A session that its graph's {@code tensor.eval()} and {@code operation.run()} use until it is
 * closed. For shells and small programs.
 */
public final class InteractiveSession extends Session {
  private final Evaluator previous;
  private final Evaluator own;

  public InteractiveSession(Graph graph) {
    this(graph, SessionOptions.plan());
  }

  public InteractiveSession(Graph graph, SessionOptions options) {
    super(graph, options);
    previous = graph.hasEvaluator() ? graph.evaluator() : null;
    own = new RunnerEvaluator();
    graph.setEvaluator(own);
  }

  @Override
  public void close() {
    if (graph().hasEvaluator() && graph().evaluator() == own) {
      graph().setEvaluator(previous);
    }
    super.close();
  }

  private final class RunnerEvaluator implements Evaluator {
    private Runner fed(Map<? extends Operand, ?> feeds) {
      Runner r = runner();
      feeds.forEach(r::feed);
      return r;
    }

    @Override
    public TensorValue eval(Output fetch, Map<? extends Operand, ?> feeds) {
      return fed(feeds).fetchValue(fetch);
    }

    @Override
    public void run(List<Operation> targets, Map<? extends Operand, ?> feeds) {
      fed(feeds).run(targets.toArray());
    }
  }
}
