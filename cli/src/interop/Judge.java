import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.tensorflow.DataType;
import org.tensorflow.Graph;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/**
 * Runs graphs on TensorFlow 1.15.0, in a process of its own, and writes what they give.
 *
 * <p>Arguments: a folder of {@code NAME.pb} files and one for the results, {@code NAME.out}. A graph has the form of the conformance
 * cases: {@code init} is run once, {@code step} {@code step_count} times, {@code in/k} is fed the constant {@code feed/k}, {@code out/k} is
 * fetched. With {@code each} (a scalar float) instead of {@code out/k}, {@code before/k} is fetched before the steps and {@code each} at every
 * step, and the results are the former and the vector of the latter.
 *
 * <p>A file {@code NAME.model} holds the path of a SavedModel and, in a second line, its tags with commas: that is loaded, in place of a graph
 * whose {@code init} is run.
 *
 * <p>With {@code queue/k/enqueue/j} there are queues to fill: a thread each runs these again and again until their input ends; the last one of a
 * queue then runs {@code queue/k/close}. {@code batch/k} are fetched until they end, all batches are results, and {@code queue/k/cancel} are run.
 *
 * <p>A result file holds the number of results and then of each the dtype's name, the rank, the sizes and the elements, little-endian, strings
 * each with its length before it; or -1 and the error's class and message.
 */
public final class Judge {
  private Judge() {}

  public static void main(String[] args) throws IOException {
    List<Path> graphs = new ArrayList<>();
    try (Stream<Path> files = Files.list(Paths.get(args[0]))) {
      files.filter(f -> f.toString().endsWith(".pb") || f.toString().endsWith(".model")).sorted().forEach(graphs::add);
    }
    for (Path g : graphs) {
      String name = g.getFileName().toString();
      Path out = Paths.get(args[1]).resolve(name.substring(0, name.lastIndexOf('.')) + ".out");
      try (DataOutputStream to = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(out)))) {
        if (name.endsWith(".model")) {
          judge(Files.readAllLines(g), to);
        } else {
          judge(Files.readAllBytes(g), to);
        }
      }
    }
  }

  private static void judge(byte[] graphDef, DataOutputStream to) throws IOException {
    List<Tensor<?>> results;
    try (Graph graph = new Graph()) {
      graph.importGraphDef(graphDef);
      try (Session session = new Session(graph)) {
        if (graph.operation("init") != null) {
          session.runner().addTarget("init").run();
        }
        results = run(graph, session);
      }
    } catch (RuntimeException e) {
      refuse(e, to);
      return;
    }
    write(results, to);
  }

  private static void judge(List<String> model, DataOutputStream to) throws IOException {
    List<Tensor<?>> results;
    try (SavedModelBundle m = SavedModelBundle.load(model.get(0), model.get(1).split(","))) {
      results = run(m.graph(), m.session());
    } catch (RuntimeException e) {
      refuse(e, to);
      return;
    }
    write(results, to);
  }

  private static List<Tensor<?>> run(Graph graph, Session session) {
    List<Tensor<?>> feeds = fetchAll(graph, session, session.runner(), "feed/");
    List<Tensor<?>> results = new ArrayList<>(fetchAll(graph, session, fed(session, feeds), "before/"));
    if (graph.operation("step") != null) {
      int count = session.runner().fetch("step_count").run().get(0).intValue();
      float[] each = new float[count];
      boolean fetchEach = graph.operation("each") != null;
      for (int i = 0; i < count; i++) {
        Session.Runner r = fed(session, feeds).addTarget("step");
        if (fetchEach) {
          each[i] = r.fetch("each").run().get(0).floatValue();
        } else {
          r.run();
        }
      }
      if (fetchEach) {
        results.add(Tensor.create(each));
      }
    }
    if (graph.operation("queue/0/enqueue/0") != null) {
      results.addAll(batches(graph, session));
    }
    results.addAll(fetchAll(graph, session, fed(session, feeds), "out/"));
    return results;
  }

  private static void refuse(RuntimeException e, DataOutputStream to) throws IOException {
    to.writeInt(-1);
    to.writeUTF(e.getClass().getSimpleName());
    to.writeUTF(String.valueOf(e.getMessage()));
  }

  private static void write(List<Tensor<?>> results, DataOutputStream to) throws IOException {
    to.writeInt(results.size());
    for (Tensor<?> t : results) {
      write(t, to);
    }
  }

  private static List<Tensor<?>> batches(Graph graph, Session session) {
    List<Thread> threads = new ArrayList<>();
    AtomicReference<RuntimeException> failure = new AtomicReference<>();
    int queues = 0;
    for (; graph.operation("queue/" + queues + "/close") != null; queues++) {
      String queue = "queue/" + queues;
      AtomicInteger running = new AtomicInteger();
      while (graph.operation(queue + "/enqueue/" + running) != null) {
        String enqueue = queue + "/enqueue/" + running.getAndIncrement();
        threads.add(new Thread(() -> fill(session, queue, enqueue, running, failure)));
      }
    }
    threads.forEach(Thread::start);
    List<Tensor<?>> all = new ArrayList<>();
    try {
      while (true) {
        all.addAll(fetchAll(graph, session, session.runner(), "batch/"));
      }
    } catch (IndexOutOfBoundsException e) {
      // the input has ended
    }
    for (int k = 0; k < queues; k++) {
      session.runner().addTarget("queue/" + k + "/cancel").run();
    }
    for (Thread t : threads) {
      try {
        t.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    if (failure.get() != null) {
      throw failure.get();
    }
    return all;
  }

  private static void fill(
      Session session, String queue, String enqueue, AtomicInteger running, AtomicReference<RuntimeException> failure) {
    try {
      while (true) {
        session.runner().addTarget(enqueue).run();
      }
    } catch (IndexOutOfBoundsException e) {
      // the input has ended
    } catch (RuntimeException e) {
      failure.set(e);
    }
    if (running.decrementAndGet() == 0) {
      session.runner().addTarget(queue + "/close").run();
    }
  }

  private static Session.Runner fed(Session session, List<Tensor<?>> feeds) {
    Session.Runner r = session.runner();
    for (int k = 0; k < feeds.size(); k++) {
      r.feed("in/" + k, feeds.get(k));
    }
    return r;
  }

  private static List<Tensor<?>> fetchAll(Graph graph, Session session, Session.Runner r, String prefix) {
    int n = 0;
    while (graph.operation(prefix + n) != null) {
      r.fetch(prefix + n++);
    }
    return n == 0 ? new ArrayList<>() : r.run();
  }

  private static void write(Tensor<?> t, OutputStream out) throws IOException {
    DataOutputStream to = (DataOutputStream) out;
    to.writeUTF(t.dataType().name());
    to.writeInt(t.shape().length);
    for (long d : t.shape()) {
      to.writeLong(d);
    }
    if (t.dataType() == DataType.STRING) {
      writeStrings(t, to);
      return;
    }
    ByteBuffer b = ByteBuffer.allocate(t.numBytes()).order(ByteOrder.nativeOrder());
    t.writeTo(b);
    to.writeInt(b.position());
    to.write(b.array(), 0, b.position());
  }

  /** Each as its length and its bytes. */
  private static void writeStrings(Tensor<?> t, DataOutputStream to) throws IOException {
    if (t.shape().length == 0) {
      writeAll(t.bytesValue(), to);
      return;
    }
    int[] dims = new int[t.shape().length];
    boolean empty = false;
    for (int i = 0; i < dims.length; i++) {
      dims[i] = (int) t.shape()[i];
      empty |= dims[i] == 0;
    }
    Object array = Array.newInstance(byte[].class, dims);
    if (!empty) {
      t.copyTo(array);
      writeAll(array, to);
    }
  }

  private static void writeAll(Object strings, DataOutputStream to) throws IOException {
    if (strings instanceof byte[]) {
      byte[] s = (byte[]) strings;
      to.writeInt(s.length);
      to.write(s);
    } else {
      for (int i = 0; i < Array.getLength(strings); i++) {
        writeAll(Array.get(strings, i), to);
      }
    }
  }
}
