package dev.millrace.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.millrace.graph.AlreadyExistsException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.FailedPreconditionException;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Partitioners;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.VariableScope;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a user's program, outside the library's packages, is told where it breaks a rule of variable
 * scopes: the fix, the line that was called, and where it matters the line that made the variable.
 */
class SharingErrorsTest {
  private record Mistake(
      String what,
      Class<? extends MillraceException> kind,
      Consumer<Ops> program,
      List<String> says,
      boolean tellsDefinition) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static Mistake mistake(
      String what, Class<? extends MillraceException> kind, Consumer<Ops> program, String... says) {
    return new Mistake(what, kind, program, List.of(says), false);
  }

  private static Mistake ofShared(
      String what, Class<? extends MillraceException> kind, Consumer<Ops> program, String... says) {
    return new Mistake(
        what,
        kind,
        tf -> {
          Definition.make(tf);
          program.accept(tf);
        },
        List.of(says),
        true);
  }

  /** Where the variable is made: a class of its own, so that its lines are told apart. */
  private static final class Definition {
    static void make(Ops tf) {
      try (VariableScope a = tf.variableScope("a")) {
        tf.getVariable("w", 2, 3);
        tf.sharedVariable("p").shape(4).partitioner(Partitioners.fixedSize(2)).getPartitioned();
      }
    }
  }

  static Stream<Mistake> mistakes() {
    return Stream.of(
        ofShared(
            "making it twice",
            AlreadyExistsException.class,
            tf -> {
              try (VariableScope a = tf.variableScope("a")) {
                tf.getVariable("w", 2, 3);
              }
            },
            "variable 'a/w' exists already",
            "Reuse.TRUE or Reuse.AUTO_REUSE"),
        ofShared(
            "sharing it with another shape",
            InvalidArgumentException.class,
            tf -> {
              try (VariableScope a = tf.variableScope("a", Reuse.TRUE)) {
                tf.getVariable("w", 3, 2);
              }
            },
            "variable 'a/w' is to be shared with shape [3,2], but it has shape [2,3]",
            "a scope of its own"),
        ofShared(
            "sharing it with another dtype",
            InvalidArgumentException.class,
            tf -> {
              try (VariableScope a = tf.variableScope("a", Reuse.AUTO_REUSE)) {
                tf.sharedVariable("w").dtype(DataType.FLOAT64).get();
              }
            },
            "with dtype float64, but it has dtype float32"),
        ofShared(
            "asking for a whole that is in parts",
            InvalidArgumentException.class,
            tf -> {
              try (VariableScope a = tf.variableScope("a", Reuse.TRUE)) {
                tf.getVariable("p", 4);
              }
            },
            "'a/p' is asked for in one piece, but exists in parts"),
        ofShared(
            "asking for parts of a whole",
            InvalidArgumentException.class,
            tf -> {
              try (VariableScope a = tf.variableScope("a", Reuse.TRUE)) {
                tf.sharedVariable("w").getPartitioned();
              }
            },
            "'a/w' is asked for in parts, but exists in one piece"),
        mistake(
            "sharing what is not there",
            NotFoundException.class,
            tf -> {
              try (VariableScope a = tf.variableScope("a", Reuse.TRUE);
                  VariableScope b = tf.variableScope("b")) {
                tf.getVariable("w", 2, 3);
              }
            },
            "variable 'a/b/w' does not exist, or was not made by getVariable",
            "the scope 'a/b' only shares (Reuse.TRUE)",
            "Reuse.AUTO_REUSE"),
        mistake(
            "sharing what was not made by getVariable",
            NotFoundException.class,
            tf -> {
              tf.variable("w", 0f);
              try (VariableScope a = tf.variableScope("", Reuse.TRUE)) {
                tf.getVariable("w", Shape.scalar());
              }
            },
            "variable 'w' does not exist, or was not made by getVariable"),
        mistake(
            "a default name that is to be shared",
            InvalidArgumentException.class,
            tf -> tf.newVariableScope(null, "d").reuse(Reuse.TRUE).open(),
            "the default name 'd' is always a new one",
            "give it a name"),
        mistake(
            "a default name that may be shared",
            InvalidArgumentException.class,
            tf -> tf.newVariableScope(null, "d").reuse(Reuse.AUTO_REUSE).open(),
            "cannot be opened with Reuse.AUTO_REUSE"),
        mistake(
            "no name at all",
            InvalidArgumentException.class,
            tf -> tf.variableScope(null, (String) null),
            "needs a name or a default name"),
        mistake(
            "a new variable of no stated shape",
            InvalidArgumentException.class,
            tf -> tf.getVariable("w"),
            "variable 'w' does not exist yet",
            "its shape must be fully known, but none is given"),
        mistake(
            "a new variable of a partly known shape",
            InvalidArgumentException.class,
            tf -> tf.getVariable("w", -1, 3),
            "its shape must be fully known, not [?,3]"),
        mistake(
            "an initial value and a shape",
            InvalidArgumentException.class,
            tf -> tf.sharedVariable("w").shape(1).initialValue(new float[] {1}).get(),
            "variable 'w' has its initial value's shape; give no other"),
        mistake(
            "an initial value of another dtype",
            InvalidArgumentException.class,
            tf -> tf.sharedVariable("w").initialValue(tf.constant(1)).dtype(DataType.FLOAT64).get(),
            "variable 'w' is to be float64, but its initial value",
            "is int32"),
        mistake(
            "a dtype of which no initializer is known",
            InvalidArgumentException.class,
            tf -> tf.sharedVariable("w").shape(2).dtype(DataType.COMPLEX64).get(),
            "variable 'w' of dtype complex64 needs an initializer"),
        mistake(
            "a name that is none",
            InvalidArgumentException.class,
            tf -> tf.variableScope("a b"),
            "'a b' is not a scope name"),
        mistake(
            "a negative regularizer",
            InvalidArgumentException.class,
            tf -> dev.millrace.ops.Regularizers.l2(-1),
            "scale must be 0 or above, not -1"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void errorsTellTheFixAndTheLines(Mistake m) {
    Throwable e = catchThrowable(() -> m.program.accept(Ops.of(new Graph())));
    assertThat(e).isExactlyInstanceOf(m.kind);
    m.says.forEach(s -> assertThat(e).hasMessageContaining(s));
    if (m.tellsDefinition) {
      assertThat(e.getMessage())
          .containsPattern("defined at .*SharingErrorsTest\\$Definition.make\\(SharingErrors");
      assertThat(e.getMessage()).containsPattern("called at .*SharingErrorsTest.*java:\\d+");
      assertThat(e.getMessage().substring(e.getMessage().indexOf("called at")))
          .doesNotContain("Definition");
    } else if (!m.says.get(0).contains("scope name")) {
      assertThat(e.getMessage()).containsPattern("called at .*SharingErrorsTest.*java:\\d+");
    }
  }

  @org.junit.jupiter.api.Test
  void scopesCloseInOrder() {
    Ops tf = Ops.of(new Graph());
    VariableScope a = tf.variableScope("a");
    VariableScope b = tf.variableScope("b");
    Throwable e = catchThrowable(a::close);
    assertThat(e)
        .isExactlyInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("'a' cannot close while 'a/b', opened after it, is open");
    b.close();
    a.close();
    a.close();
    assertThat(tf.currentVariableScope().name()).isEmpty();
  }
}
