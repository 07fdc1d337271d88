package dev.millrace.graph;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The names taken in a graph, by TensorFlow's rules: a name that is taken gets the first free
 * suffix {@code _1}, {@code _2}, …; case is set aside when comparing; the suffixed name counts as
 * taken itself.
 */
final class Names {
  private static final Pattern OP_NAME = Pattern.compile("[A-Za-z0-9.][A-Za-z0-9_.\\-/]*");
  private static final Pattern INNER_SCOPE = Pattern.compile("[A-Za-z0-9_.\\-/]*");

  private final Map<String, Integer> used = new HashMap<>();

  /**
   * {@code name} or, if it is taken, the next free variation; takes it unless {@code mark} is
   * false.
   */
  String unique(String name, boolean mark) {
    String base = name.toLowerCase(Locale.ROOT);
    int i = used.getOrDefault(base, 0);
    if (i == 0) {
      if (mark) {
        used.put(base, 1);
      }
      return name;
    }
    while (used.containsKey(base + "_" + i)) {
      i++;
    }
    if (mark) {
      used.put(base + "_" + i, 1);
      used.put(base, i + 1);
    }
    return name + "_" + i;
  }

  /** Takes a name as it is, as an import does; tells whether it was free. */
  boolean take(String name) {
    return used.putIfAbsent(name.toLowerCase(Locale.ROOT), 1) == null;
  }

  /** Gives back a name that {@link #take} found free. */
  void release(String name) {
    used.remove(name.toLowerCase(Locale.ROOT));
  }

  static boolean isOpName(String name) {
    return OP_NAME.matcher(name).matches();
  }

  static void checkOpName(String name) {
    if (!isOpName(name)) {
      throw new InvalidArgumentException(
          "'"
              + name
              + "' is not an op name: letters, digits and . are allowed first, then also _ - /");
    }
  }

  static void checkScopeName(String name, boolean atRoot) {
    if (!(atRoot ? OP_NAME : INNER_SCOPE).matcher(name).matches()) {
      throw new InvalidArgumentException(
          "'"
              + name
              + "' is not a scope name: letters, digits and . are allowed"
              + (atRoot ? " first, then also _ - /" : ", and _ - /"));
    }
  }
}
