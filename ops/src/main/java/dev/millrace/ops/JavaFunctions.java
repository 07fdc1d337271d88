package dev.millrace.ops;

import dev.millrace.graph.Graph;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The functions of this process that {@code PyFunc} operations call, by the token that each
 * operation carries. A function lives as long as the graph it was made in, which keeps it.
 */
public final class JavaFunctions {
  private static final AtomicLong NUMBERS = new AtomicLong();
  private static final Map<String, WeakReference<Entry>> ALL = new ConcurrentHashMap<>();

  private final Queue<Entry> kept = new ConcurrentLinkedQueue<>();

  private JavaFunctions() {}

  /**
   * A function and what is known of its gradient.
   *
   * @param gradient null for none
   */
  public record Entry(JavaFunc function, JavaFunc.Gradient gradient) {}

  /** Keeps a function and gives the token by which it is found. */
  static String add(Graph graph, JavaFunc function, JavaFunc.Gradient gradient) {
    Entry e = new Entry(function, gradient);
    graph.attachment(JavaFunctions.class, JavaFunctions::new).kept.add(e);
    ALL.values().removeIf(r -> r.get() == null);
    String token = "java_func_" + NUMBERS.getAndIncrement();
    ALL.put(token, new WeakReference<>(e));
    return token;
  }

  /** The function of that token, or null where this process has none. */
  public static Entry find(String token) {
    WeakReference<Entry> r = ALL.get(token);
    return r == null ? null : r.get();
  }
}
