package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Whatever the arguments, a method that adds operations either does so or throws a {@link
 * MillraceException}; what it made gives the same in both modes, or fails in both. The seed and the
 * number of tries a method can be set, as {@code -Dmillrace.fuzz.seed=5 -Dmillrace.fuzz.tries=50}.
 */
class ArgumentsFuzzTest {
  private static final int TRIES = Integer.getInteger("millrace.fuzz.tries", 4);
  private static final long SEED = Long.getLong("millrace.fuzz.seed", 1);

  /** They open scopes that have to be closed again, or are about graphs. */
  private static final Set<String> OTHERS =
      Set.of(
          "of",
          "scope",
          "device",
          "controlDependencies",
          "clearControlDependencies",
          "colocateWith",
          "gradientOverrideMap",
          "variableScope");

  /** What is built is not run: its shape is a promise, which only the reference mode checks. */
  private static final Set<String> PROMISES = Set.of("placeholderWithDefault");

  private final TreeMap<String, String> wrong = new TreeMap<>();
  private int refused;
  private int ran;

  private static List<Method> methods() {
    List<Method> all = new ArrayList<>();
    for (Method m : Ops.class.getMethods()) {
      if (m.getDeclaringClass() != Object.class && !OTHERS.contains(m.getName())) {
        all.add(m);
      }
    }
    all.removeIf(m -> Arrays.toString(m.getGenericParameterTypes()).contains("java.util.function"));
    all.sort(Comparator.comparing(Method::toString));
    return all;
  }

  @Test
  void wrongArgumentsAreToldAndNothingElseBreaks() throws Exception {
    assertThat(methods()).hasSizeGreaterThan(400);
    for (Method m : methods()) {
      for (int k = 0; k < TRIES; k++) {
        attempt(m, new Random(SEED * 1000 + k + 31L * m.toString().hashCode()));
      }
    }
    assertThat(wrong.values()).isEmpty();
    assertThat(refused).isGreaterThan(100 * TRIES);
    assertThat(ran).isGreaterThan(50 * TRIES);
  }

  private void attempt(Method m, Random random) throws IllegalAccessException {
    Ops tf = Ops.of(new Graph());
    tf.setRandomSeed(1);
    RandomArguments arguments = new RandomArguments(tf, random);
    Object[] args = Arrays.stream(m.getGenericParameterTypes()).map(arguments::of).toArray();
    Object made;
    try {
      made = m.invoke(tf, args);
    } catch (InvocationTargetException e) {
      note(m, args, e.getCause());
      return;
    }
    if (PROMISES.contains(m.getName())) {
      return;
    }
    try (Session s = new Session(tf.graph(), SessionOptions.builder().verify(true).build())) {
      run(s, tf, made);
      ran++;
    } catch (RuntimeException | StackOverflowError e) {
      note(m, args, e);
    }
  }

  private static void run(Session s, Ops tf, Object made) {
    if (made instanceof Operation op) {
      s.run(op);
    } else if (made instanceof Operand x) {
      s.run(tf.globalVariablesInitializer());
      DataType t = x.asOutput().dtype();
      if (t.isDense() || t == DataType.STRING) {
        assertThat(s.fetchValue(x).dtype()).isEqualTo(t);
      }
    } else if (made instanceof List<?> all) {
      all.forEach(x -> run(s, tf, x));
    }
  }

  private void note(Method m, Object[] args, Throwable t) {
    boolean bothFail =
        t instanceof InternalException
            && t.getMessage().matches("(?s)the plan fails with \\w+, the reference mode fails.*");
    if (bothFail || (t instanceof MillraceException && !(t instanceof InternalException))) {
      refused++;
      return;
    }
    List<StackTraceElement> at =
        Arrays.stream(t.getStackTrace())
            .filter(f -> f.getClassName().startsWith("dev.millrace"))
            .limit(4)
            .toList();
    // One of each kind is enough to tell.
    String kind = m.getName() + t.getClass().getName() + (at.isEmpty() ? "" : at.get(0));
    wrong.putIfAbsent(kind, m.getName() + Arrays.deepToString(args) + ": " + t + " " + at);
  }
}
