package dev.millrace.ops;

import dev.millrace.graph.InvalidArgumentException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes Java's records apart and puts them together. */
final class JavaRecords {
  private JavaRecords() {}

  static List<String> names(Record r) {
    return Arrays.stream(r.getClass().getRecordComponents()).map(RecordComponent::getName).toList();
  }

  static List<Object> components(Record r) {
    List<Object> values = new ArrayList<>();
    for (RecordComponent c : r.getClass().getRecordComponents()) {
      try {
        c.getAccessor().setAccessible(true);
        values.add(c.getAccessor().invoke(r));
      } catch (ReflectiveOperationException | RuntimeException e) {
        throw failed(r, "read", e);
      }
    }
    return values;
  }

  static Record with(Record r, List<?> parts) {
    Class<?>[] types =
        Arrays.stream(r.getClass().getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<? extends Record> made = r.getClass().getDeclaredConstructor(types);
      made.setAccessible(true);
      return made.newInstance(parts.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException own) {
        throw own;
      }
      throw failed(r, "made", e);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw failed(r, "made", e);
    }
  }

  private static InvalidArgumentException failed(Record r, String verb, Exception e) {
    String reason =
        e instanceof IllegalArgumentException
            ? ": its parts must be declared as tensors (Tensor), tensor arrays or structures of them"
            : "; let it implement Nest.Record, or open its package";
    return new InvalidArgumentException(
        "a record of class " + r.getClass().getName() + " cannot be " + verb + reason, e);
  }
}
