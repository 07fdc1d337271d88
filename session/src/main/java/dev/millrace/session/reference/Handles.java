package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * Handles to what nodes share: resources, or in TensorFlow's first versions of the ops the two
 * names under which the thing is found.
 */
final class Handles {
  private static final String DEFAULT_CONTAINER = "localhost";

  private Handles() {}

  /**
   * Sets output 0 to the handle of the thing that the node is, or shares with others by the
   * attribute {@code shared_name}.
   */
  static <T> T make(KernelContext c, String kind, Class<T> type, Supplier<? extends T> make) {
    String container = c.attrs().getString("container");
    container = container.isEmpty() ? DEFAULT_CONTAINER : container;
    String shared = c.attrs().getString("shared_name");
    boolean byNode =
        c.attrs().has("use_node_name_sharing") && c.attrs().getBool("use_node_name_sharing");
    // What has no shared name belongs to its node alone.
    String name = !shared.isEmpty() ? shared : byNode ? c.nodeName() : "_node_" + c.nodeName();
    T thing = c.state().shared(kind, container, name, type, make);
    boolean resource = c.outputType(0) == DataType.RESOURCE;
    c.output(
        0,
        resource
            ? TensorValue.wrap(DataType.RESOURCE, Shape.scalar(), new Object[] {thing})
            : names(container, name));
    return thing;
  }

  static TensorValue names(String container, String name) {
    byte[][] handle = {
      container.getBytes(StandardCharsets.UTF_8), name.getBytes(StandardCharsets.UTF_8)
    };
    return TensorValue.wrap(DataType.STRING, Shape.vector(2), handle);
  }

  /** The thing behind input {@code i}. */
  static <T> T get(KernelContext c, int i, String kind, Class<T> type) {
    TensorValue handle = c.input(i);
    if (handle.dtype() == DataType.STRING) {
      if (handle.size() != 2) {
        throw new InvalidArgumentException(
            "the handle of a " + kind + " has two parts, not " + handle);
      }
      return c.state().findShared(kind, handle.getString(0), handle.getString(1), type);
    }
    if (type.isInstance(handle.objects()[0])) {
      return type.cast(handle.objects()[0]);
    }
    throw new InvalidArgumentException("input " + i + " is no " + kind);
  }
}
