package dev.millrace.ops;

import static dev.millrace.ops.Rule.rule;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** TensorFlow 1.15's rules of what variable scopes hand on to their variables, one a row. */
class VariableDefaultsRulesTest {
  /** The full name of variable {@code v} asked for here. */
  private static String v(Ops tf) {
    return tf.getVariable("v", 1).name();
  }

  static Stream<Rule> rules() {
    return Stream.of(defaults(), otherVariables()).flatMap(List::stream);
  }

  private static List<Rule> defaults() {
    return List.of(
        rule(
            "floats begin by Glorot's uniform distribution",
            tf -> tf.getVariable("v", 2, 1).initialValue().name(),
            "v/Initializer/random_uniform:0"),
        rule(
            "integers, bools and strings begin as zeros",
            tf -> {
              List<String> got = new ArrayList<>();
              List<DataType> types =
                  List.of(DataType.INT8, DataType.UINT16, DataType.BOOL, DataType.STRING);
              for (DataType t : types) {
                Variable w = tf.sharedVariable("v_" + t).dtype(t).shape(1).get();
                got.add(w.initialValue().name());
              }
              return got;
            },
            "[v_int8/Initializer/zeros:0, v_uint16/Initializer/zeros:0, v_bool/Initializer/zeros:0,"
                + " v_string/Initializer/zeros:0]"),
        rule(
            "an initializer is inherited",
            tf -> {
              try (var a = tf.newVariableScope("a").initializer(Initializers.ones()).open();
                  var b = tf.variableScope("b")) {
                return tf.getVariable("v", 1).initialValue().name();
              }
            },
            "a/b/v/Initializer/ones:0"),
        rule(
            "the call's goes first, the inner scope's next",
            tf -> {
              try (var a = tf.newVariableScope("a").initializer(Initializers.ones()).open();
                  var b = tf.newVariableScope("b").initializer(Initializers.zeros()).open()) {
                return tf.getVariable("v", 1).initialValue().name()
                    + " "
                    + tf.getVariable("w", Initializers.constant(3), 1).initialValue().name();
              }
            },
            "a/b/v/Initializer/zeros:0 a/b/w/Initializer/Const:0"),
        rule(
            "an initializer set on an open scope holds from there on, and ends with it",
            tf -> {
              try (var a = tf.variableScope("a")) {
                a.setInitializer(Initializers.ones());
                v(tf);
              }
              return tf.graph().findOperation("a/v/Initializer/ones") != null
                  && tf.currentVariableScope().initializer() == null;
            },
            "true"),
        rule(
            "a dtype is inherited",
            tf -> {
              try (var a = tf.newVariableScope("a").dtype(DataType.FLOAT64).open();
                  var b = tf.variableScope("b")) {
                return tf.getVariable("v", 1).dtype()
                    + " "
                    + tf.getVariable("w", Initializers.ones(), DataType.INT32, 1).dtype();
              }
            },
            "float64 int32"),
        rule(
            "an initial value brings its dtype and shape",
            tf -> {
              try (var a = tf.newVariableScope("a").dtype(DataType.FLOAT64).open()) {
                return tf.sharedVariable("v").initialValue(new int[] {1, 2}).get();
              }
            },
            "Variable(\"a/v\", shape=[2], dtype=int32)"),
        rule(
            "a Java value takes the dtype that is stated",
            tf -> tf.sharedVariable("v").initialValue(4).dtype(DataType.INT64).get().dtype(),
            "int64"),
        rule(
            "a regularizer is inherited, and its loss named by the variable",
            tf -> {
              try (var a = tf.newVariableScope("a").regularizer(Regularizers.l2(0.5)).open();
                  var b = tf.variableScope("b")) {
                v(tf);
                return tf.regularizationLosses().get(0).name();
              }
            },
            "a/b/v/Regularizer/l2_regularizer:0"),
        rule(
            "Regularizers.none ends it, for a variable or a scope",
            tf -> {
              try (var a = tf.newVariableScope("a").regularizer(Regularizers.l1(1)).open()) {
                tf.sharedVariable("v").shape(1).regularizer(Regularizers.none()).get();
                try (var b = tf.newVariableScope("b").regularizer(Regularizers.none()).open()) {
                  v(tf);
                }
                a.setRegularizer(Regularizers.none());
                tf.getVariable("w", 1);
                return tf.regularizationLosses();
              }
            },
            "[]"),
        rule(
            "a constraint holds in its own scope only",
            tf -> {
              try (var a = tf.newVariableScope("a").constraint(Tensor::relu).open()) {
                boolean here = tf.getVariable("v", 1).constraint() != null;
                try (var b = tf.variableScope("b")) {
                  return here + " " + (tf.getVariable("v", 1).constraint() != null);
                }
              }
            },
            "true false"),
        rule(
            "a custom getter may rename",
            tf -> {
              VariableGetter twin = (asked, next) -> next.apply(asked.withName(asked.name() + "2"));
              try (var a = tf.newVariableScope("a").customGetter(twin).open();
                  var b = tf.variableScope("b")) {
                return v(tf);
              }
            },
            "a/b/v2"),
        rule(
            "a getter inside goes to the one outside",
            tf -> {
              VariableGetter x = (asked, next) -> next.apply(asked.withName(asked.name() + "x"));
              VariableGetter y = (asked, next) -> next.apply(asked.withName(asked.name() + "y"));
              try (var a = tf.newVariableScope("a").customGetter(x).open();
                  var b = tf.newVariableScope("b").customGetter(y).open()) {
                return v(tf);
              }
            },
            "a/b/vyx"),
        rule(
            "the call's getter stands in place of the scope's",
            tf -> {
              VariableGetter x = (asked, next) -> next.apply(asked.withName(asked.name() + "x"));
              VariableGetter y = (asked, next) -> next.apply(asked.withName(asked.name() + "y"));
              try (var a = tf.newVariableScope("a").customGetter(x).open()) {
                return tf.sharedVariable("v").shape(1).customGetter(y).get().name();
              }
            },
            "a/vy"),
        rule(
            "a getter sees what the scope fills in, and may change all of it",
            tf -> {
              StringBuilder saw = new StringBuilder();
              VariableGetter all =
                  (asked, next) -> {
                    saw.append(asked.dtype()).append(asked.shape()).append(asked.reuse());
                    return next.apply(
                        asked
                            .withDtype(DataType.FLOAT64)
                            .withShape(Shape.of(3))
                            .withInitializer(Initializers.ones())
                            .withRegularizer(Regularizers.l2(1))
                            .withConstraint(null)
                            .withTrainable(false)
                            .withReuse(Reuse.AUTO_REUSE)
                            .withCollections(List.of("mine")));
                  };
              Variable w = tf.sharedVariable("v").shape(1).customGetter(all).get();
              return saw
                  + " "
                  + w
                  + tf.trainableVariables()
                  + tf.graph().collection("mine").size()
                  + tf.regularizationLosses().size();
            },
            "float32[1]NONE Variable(\"v\", shape=[3], dtype=float64)[]11"),
        rule(
            "a getter may give an initial value",
            tf -> {
              VariableGetter three = (asked, next) -> next.apply(asked.withInitialValue(3f));
              return tf.sharedVariable("v").customGetter(three).get().initialValue().name();
            },
            "v/Initializer/initial_value:0"));
  }

  private static List<Rule> otherVariables() {
    return List.of(
        rule(
            "variable() is named by the name scope, and made anew each time",
            tf -> {
              List<String> got = new ArrayList<>();
              for (int i = 0; i < 2; i++) {
                try (var a = tf.variableScope("a", Reuse.AUTO_REUSE)) {
                  got.add(tf.variable("v", 0f).name());
                }
              }
              return got;
            },
            "[a/v, a_1/v]"),
        rule(
            "a local variable is in LOCAL_VARIABLES alone, and not trained",
            tf -> {
              Variable w = tf.getLocalVariable("v", Initializers.zeros(), 2);
              return tf.localVariables().contains(w)
                  + " "
                  + tf.globalVariables()
                  + tf.trainableVariables()
                  + w.trainable();
            },
            "true [][]false"),
        rule(
            "a local variable is shared as others are",
            tf -> {
              try (var a = tf.variableScope("a", Reuse.AUTO_REUSE)) {
                Variable first = tf.getLocalVariable("v", Initializers.zeros());
                return first == tf.getLocalVariable("v", Initializers.zeros());
              }
            },
            "true"),
        rule(
            "collections in place of the usual one",
            tf -> {
              tf.sharedVariable("v").shape(1).collections("mine", "yours").trainable(false).get();
              return tf.globalVariables() + " " + tf.graph().collection("yours").size();
            },
            "[] 1"),
        rule(
            "a scope knows its variables",
            tf -> {
              v(tf);
              try (var ab = tf.variableScope("ab")) {
                v(tf);
              }
              try (var a = tf.variableScope("a")) {
                v(tf);
                tf.getLocalVariable("l", Initializers.zeros());
                return a.globalVariables()
                    + " "
                    + a.trainableVariables().size()
                    + a.localVariables().size()
                    + tf.currentVariableScope().globalVariables().size();
              }
            },
            "[Variable(\"a/v\", shape=[1], dtype=float32)] 111"),
        rule(
            "control dependencies around do not hold up the variable",
            tf -> {
              Tensor x = tf.placeholder("x", DataType.FLOAT32);
              try (var c = tf.controlDependencies(x)) {
                return tf.getVariable("v", 1).initializer().controlInputs();
              }
            },
            "[]"),
        rule(
            "a shape may be left open where values of any shape are to be assigned",
            tf ->
                tf.sharedVariable("v")
                    .initialValue(TensorValue.of(new float[2]))
                    .validateShape(false)
                    .get()
                    .shape(),
            "<unknown>"));
  }

  @ParameterizedTest
  @MethodSource
  void rules(Rule rule) {
    rule.check();
  }
}
