package dev.millrace.session.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.TensorValue;
import dev.millrace.session.nd4j.NativeThreads;
import dev.millrace.session.pool.WorkerPool;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Convolutions of floats as they are computed where oneDNN is missing. */
class PatchConvTest {
  @Test
  void agreesWithTheReference() {
    List<KernelNode> nodes = new ArrayList<>();
    new ConvCases(new Values(2), nodes::add);
    int computed = 0;
    try (WorkerPool pool = new WorkerPool(2, NativeThreads::prepare)) {
      for (KernelNode n : nodes) {
        ConvShape shape = ConvShape.of(n);
        if (shape.isEmpty() || !PatchConv.supports(n.outputType(0), shape)) {
          continue;
        }
        computed++;
        BoundKernel k = new BoundKernel(n, pool, -1, -1, c -> PatchConv.bind(c, ConvShape.of(c)));
        List<TensorValue> got = k.feed().run().results();
        Close.check(n.toString(), got, n.reference(), 1e-5);
        assertThat(k.rebind().feed().run().results()).as("%s again", n).isEqualTo(got);
      }
    }
    assertThat(computed).isGreaterThan(60);
  }
}
