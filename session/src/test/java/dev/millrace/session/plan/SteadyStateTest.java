package dev.millrace.session.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.Session;
import dev.millrace.session.SessionCallable;
import dev.millrace.session.SessionOptions;
import dev.millrace.session.memory.NativeMemory;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** What runs take beyond the first. */
class SteadyStateTest {
  private final RawGraph g = new RawGraph();

  @Test
  void callsAllocateNothing() {
    Output x = g.placeholder(-1, 8);
    Output v = g.variable("v", Shape.of(8, 8));
    Operation init = g.assign(v, g.op("Fill", g.ints(8, 8), g.constant(TensorValue.of(0.5f))));
    Output product = g.op("MatMul", x, g.read(v));
    Output loss = g.op("Sum", g.op("Tanh", product), g.ints(0, 1));
    Operation update =
        g.assignAdd(v, g.op("Mul", g.op("Tanh", g.read(v)), g.constant(TensorValue.of(0.01f))));
    try (Session s = new Session(g.graph, SessionOptions.builder().threads(1).build())) {
      s.run(init);
      SessionCallable c = s.callable().feed(x).fetch(loss).fetch(product).target(update).build();
      float[] in = new float[32 * 8];
      c.set(0, in).into(1, Nd4j.create(32, 8));
      for (int i = 0; i < 2000; i++) {
        c.call();
      }
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long heap = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      long nativeBytes = NativeMemory.totalAllocated();
      for (int i = 0; i < 1000; i++) {
        c.set(0, in).call();
      }
      heap = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - heap;
      assertThat(NativeMemory.totalAllocated()).isEqualTo(nativeBytes);
      assertThat(heap / 1000).isLessThan(256);
    }
  }

  @Test
  void aConstantIsKeptOnceForAllShapes() {
    Output big =
        g.constant(TensorValue.zeros(dev.millrace.graph.DataType.FLOAT32, Shape.of(1 << 18)));
    Output x = g.placeholder(-1, 1);
    Output y = g.op("Max", g.op("Mul", x, big), g.ints(1));
    try (Session s = new Session(g.graph)) {
      s.feed(x, new float[1][1]).fetchValue(y);
      long before = NativeMemory.totalAllocated();
      long results = 0;
      for (int n = 2; n < 6; n++) {
        s.feed(x, new float[n][1]).fetchValue(y);
        results += n * (1L << 20);
      }
      assertThat(NativeMemory.totalAllocated() - before - results).isLessThan(1 << 20);
    }
  }
}
