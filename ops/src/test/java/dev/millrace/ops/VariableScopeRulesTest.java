package dev.millrace.ops;

import static dev.millrace.ops.Rule.rule;

import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** TensorFlow 1.15's rules of variable scopes' names and sharing, one a row. */
class VariableScopeRulesTest {
  /** The full name of variable {@code v} asked for here. */
  private static String v(Ops tf) {
    return tf.getVariable("v", 1).name();
  }

  /** Where ops are named here. */
  private static String names(Ops tf) {
    try (var s = tf.scope("s")) {
      return s.name();
    }
  }

  static Stream<Rule> rules() {
    return Stream.of(naming(), sharing(), entering(), defaultNames()).flatMap(List::stream);
  }

  private static List<Rule> naming() {
    return List.of(
        rule("at the root a variable has its own name", VariableScopeRulesTest::v, "v"),
        rule(
            "a scope is a prefix",
            tf -> {
              try (var a = tf.variableScope("a")) {
                return v(tf) + " " + a.name();
              }
            },
            "a/v a"),
        rule(
            "scopes inside scopes",
            tf -> {
              try (var a = tf.variableScope("a");
                  var b = tf.variableScope("b")) {
                return v(tf) + " " + b.name() + " " + names(tf);
              }
            },
            "a/b/v a/b a/b/s/"),
        rule(
            "a path opens as one scope",
            tf -> {
              try (var a = tf.variableScope("a/b")) {
                return v(tf) + " " + names(tf);
              }
            },
            "a/b/v a/b/s/"),
        rule(
            "name scopes have no part in the names of variables",
            tf -> {
              try (var n = tf.scope("n");
                  var a = tf.variableScope("a");
                  var m = tf.scope("m")) {
                return v(tf) + " " + names(tf);
              }
            },
            "a/v n/a/m/s/"),
        rule(
            "a variable's own ops are named by it alone",
            tf -> {
              try (var n = tf.scope("n");
                  var a = tf.variableScope("a")) {
                Variable w = tf.getVariable("v", 1);
                return w.initializer().name() + " " + w.value().name() + " " + w.initialValue();
              }
            },
            "a/v/Assign a/v/Read/ReadVariableOp:0"
                + " Tensor(\"a/v/Initializer/random_uniform:0\", shape=[1], dtype=float32)"),
        rule(
            "the ops' name scope is made unique, the variables' prefix is not",
            tf -> {
              try (var a = tf.variableScope("a")) {
                v(tf);
              }
              try (var a = tf.variableScope("a")) {
                return tf.getVariable("w", 1).name() + " " + names(tf);
              }
            },
            "a/w a_1/s/"),
        rule(
            "an empty name at the root changes nothing",
            tf -> {
              try (var n = tf.scope("n");
                  var e = tf.variableScope("")) {
                return v(tf) + " " + names(tf) + " '" + e.originalNameScope() + "'";
              }
            },
            "v n/s/ ''"),
        rule(
            "an empty name inside a scope adds a slash",
            tf -> {
              try (var a = tf.variableScope("a");
                  var e = tf.variableScope("")) {
                return v(tf) + " " + names(tf);
              }
            },
            "a//v a/s/"),
        rule(
            "a name that a variable made otherwise has taken is made unique",
            tf -> {
              tf.variable("v", 0f);
              return v(tf);
            },
            "v_1"),
        rule(
            "and is shared by the name that was asked for",
            tf -> {
              tf.variable("v", 0f);
              v(tf);
              try (var root = tf.variableScope(tf.currentVariableScope(), Reuse.TRUE)) {
                return v(tf);
              }
            },
            "v_1"),
        rule(
            "after a scope the one around it is open again",
            tf -> {
              try (var a = tf.variableScope("a")) {
                try (var b = tf.variableScope("b")) {
                  v(tf);
                }
                return v(tf) + " " + tf.currentVariableScope();
              }
            },
            "a/v VariableScope(\"a\", reuse=NONE)"));
  }

  private static Variable in(Ops tf, String scope, Reuse reuse) {
    try (var s = tf.variableScope(scope, reuse)) {
      return tf.getVariable("v", 1);
    }
  }

  private static List<Rule> sharing() {
    return List.of(
        rule(
            "Reuse.TRUE gives the variable that exists",
            tf -> in(tf, "a", Reuse.NONE) == in(tf, "a", Reuse.TRUE),
            "true"),
        rule(
            "Reuse.AUTO_REUSE makes it the first time and gives it after",
            tf -> {
              Variable first = in(tf, "a", Reuse.AUTO_REUSE);
              return first == in(tf, "a", Reuse.AUTO_REUSE);
            },
            "true"),
        rule(
            "TRUE is inherited",
            tf -> {
              try (var a = tf.variableScope("a", Reuse.TRUE);
                  var b = tf.variableScope("b")) {
                return b.reuse();
              }
            },
            "TRUE"),
        rule(
            "AUTO_REUSE is inherited",
            tf -> {
              try (var a = tf.variableScope("a", Reuse.AUTO_REUSE);
                  var b = tf.variableScope(null, "b")) {
                return b.reuse();
              }
            },
            "AUTO_REUSE"),
        rule(
            "NONE inside TRUE is TRUE: sharing cannot be undone inside",
            tf -> {
              try (var a = tf.variableScope("a", Reuse.TRUE);
                  var b = tf.variableScope("b", Reuse.NONE)) {
                return b.reuse();
              }
            },
            "TRUE"),
        rule(
            "AUTO_REUSE inside TRUE is AUTO_REUSE",
            tf -> {
              try (var a = tf.variableScope("a", Reuse.TRUE);
                  var b = tf.variableScope("b", Reuse.AUTO_REUSE)) {
                return b.reuse();
              }
            },
            "AUTO_REUSE"),
        rule(
            "TRUE inside AUTO_REUSE is TRUE",
            tf -> {
              try (var a = tf.variableScope("a", Reuse.AUTO_REUSE);
                  var b = tf.variableScope("b", Reuse.TRUE)) {
                return b.reuse();
              }
            },
            "TRUE"),
        rule(
            "it ends with the scope",
            tf -> {
              in(tf, "a", Reuse.AUTO_REUSE);
              return tf.currentVariableScope().reuse();
            },
            "NONE"),
        rule(
            "reuseVariables shares from there on",
            tf -> {
              try (var a = tf.variableScope("a")) {
                Variable first = tf.getVariable("v", 1);
                a.reuseVariables();
                boolean shared = tf.getVariable("v", 1) == first;
                try (var b = tf.variableScope("b")) {
                  return shared + " " + b.reuse();
                }
              }
            },
            "true TRUE"),
        rule(
            "reuseVariables at the root",
            tf -> {
              Variable first = tf.getVariable("v", 1);
              tf.currentVariableScope().reuseVariables();
              return tf.getVariable("v", 1) == first;
            },
            "true"),
        rule(
            "without a shape any shape is shared",
            tf -> {
              tf.getVariable("v", 2, 3);
              try (var root = tf.variableScope("", Reuse.TRUE)) {
                return tf.getVariable("v").shape();
              }
            },
            "[2,3]"),
        rule(
            "a partly known shape is shared where it fits",
            tf -> {
              tf.getVariable("v", 2, 3);
              try (var root = tf.variableScope("", Reuse.AUTO_REUSE)) {
                return tf.getVariable("v", Shape.of(-1, 3)).shape();
              }
            },
            "[2,3]"),
        rule(
            "a shared variable keeps the initializer and regularizer it was made with",
            tf -> {
              Variable w = in(tf, "a", Reuse.NONE);
              try (var a =
                  tf.newVariableScope("a")
                      .reuse(Reuse.TRUE)
                      .initializer(Initializers.ones())
                      .regularizer(Regularizers.l2(1))
                      .open()) {
                return tf.getVariable("v", 1).initialValue().equals(w.initialValue())
                    + " "
                    + tf.regularizationLosses();
              }
            },
            "true []"));
  }

  private static List<Rule> entering() {
    return List.of(
        rule(
            "a scope entered again gives its variables, and its ops a fresh name",
            tf -> {
              VariableScope a = tf.variableScope("a");
              a.close();
              try (var again = tf.variableScope(a)) {
                return v(tf) + " " + names(tf);
              }
            },
            "a/v a_1/s/"),
        rule(
            "elsewhere its variables keep their prefix, its ops are named by its last part there",
            tf -> {
              try (var o = tf.variableScope("o");
                  var a = tf.variableScope("a")) {
                a.close();
                o.close();
                try (var p = tf.variableScope("p");
                    var again = tf.variableScope(a)) {
                  return v(tf) + " " + names(tf);
                }
              }
            },
            "o/a/v p/a/s/"),
        rule(
            "inside itself",
            tf -> {
              try (var a = tf.variableScope("a");
                  var again = tf.variableScope(a)) {
                return v(tf) + " " + names(tf);
              }
            },
            "a/v a/a/s/"),
        rule(
            "it shares as it did, not as the scope around",
            tf -> {
              VariableScope a = tf.variableScope("a");
              a.close();
              try (var b = tf.variableScope("b", Reuse.TRUE);
                  var again = tf.variableScope(a)) {
                return again.reuse();
              }
            },
            "NONE"),
        rule(
            "and is told otherwise",
            tf -> {
              VariableScope a = tf.variableScope("a");
              a.close();
              try (var again = tf.variableScope(a, Reuse.TRUE)) {
                return again.reuse() + " " + a.reuse();
              }
            },
            "TRUE NONE"),
        rule(
            "one that shared stays so, even if opened with NONE",
            tf -> {
              VariableScope a = tf.variableScope("a", Reuse.TRUE);
              a.close();
              try (var again = tf.variableScope(a, Reuse.NONE)) {
                return again.reuse();
              }
            },
            "TRUE"),
        rule(
            "reuseVariables before it closed holds when it is entered again",
            tf -> {
              VariableScope a = tf.variableScope("a");
              a.reuseVariables();
              a.close();
              try (var again = tf.variableScope(a)) {
                return again.reuse();
              }
            },
            "TRUE"),
        rule(
            "the root entered again ends the prefix, and leaves the ops' name scope",
            tf -> {
              VariableScope root = tf.currentVariableScope();
              try (var a = tf.variableScope("a");
                  var again = tf.variableScope(root)) {
                return v(tf) + " " + names(tf);
              }
            },
            "v a/s/"),
        rule(
            "the original name scope is that of the first time",
            tf -> {
              VariableScope a;
              try (var n = tf.scope("n")) {
                a = tf.variableScope("a");
                a.close();
              }
              try (var m = tf.scope("m");
                  var again = tf.variableScope(a)) {
                return a.originalNameScope() + " " + again.originalNameScope() + " " + names(tf);
              }
            },
            "n/a/ n/a/ m/a/s/"),
        rule(
            "and can be entered again",
            tf -> {
              VariableScope a = tf.variableScope("a");
              a.close();
              try (var again = tf.newVariableScope(a).auxiliaryNameScope(false).open();
                  var n = tf.scope(again.originalNameScope())) {
                return v(tf) + " " + names(tf);
              }
            },
            "a/v a/s/"),
        rule(
            "without an auxiliary name scope the ops' stays",
            tf -> {
              try (var n = tf.scope("n");
                  var a = tf.newVariableScope("a").auxiliaryNameScope(false).open()) {
                return v(tf) + " " + names(tf) + " " + a.originalNameScope();
              }
            },
            "a/v n/s/ n/"),
        rule(
            "that holds for one scope, not for those inside",
            tf -> {
              try (var a = tf.newVariableScope("a").auxiliaryNameScope(false).open();
                  var b = tf.variableScope("b")) {
                return v(tf) + " " + names(tf);
              }
            },
            "a/b/v b/s/"));
  }

  private static String layer(Ops tf, String name) {
    try (var s = tf.variableScope(null, name)) {
      return s.name();
    }
  }

  private static List<Rule> defaultNames() {
    return List.of(
        rule(
            "a default name gets a suffix when it was used",
            tf -> List.of(layer(tf, "d"), layer(tf, "d"), layer(tf, "d")),
            "[d, d_1, d_2]"),
        rule(
            "scopes opened by that name count",
            tf -> {
              tf.variableScope("d").close();
              return layer(tf, "d");
            },
            "d_1"),
        rule(
            "a suffix that is taken is left out",
            tf -> {
              tf.variableScope("d_1").close();
              return List.of(layer(tf, "d"), layer(tf, "d"));
            },
            "[d, d_2]"),
        rule(
            "a name that is given needs no default",
            tf -> {
              try (var a = tf.variableScope("a", "d")) {
                return a.name();
              }
            },
            "a"),
        rule(
            "names of ops do not count",
            tf -> {
              tf.scope("d").close();
              try (var d = tf.variableScope(null, "d")) {
                return v(tf) + " " + names(tf);
              }
            },
            "d/v d_1/s/"),
        rule(
            "each scope counts its own",
            tf -> {
              String first = layer(tf, "d");
              try (var a = tf.variableScope("a")) {
                return first + " " + layer(tf, "d") + " " + layer(tf, "d");
              }
            },
            "d a/d a/d_1"),
        rule(
            "a scope opened again by name counts anew",
            tf -> {
              List<String> got = new ArrayList<>();
              for (int i = 0; i < 2; i++) {
                try (var a = tf.variableScope("a")) {
                  got.add(layer(tf, "d"));
                  got.add(layer(tf, "d"));
                }
              }
              return got;
            },
            "[a/d, a/d_1, a/d, a/d_1]"),
        rule(
            "so that a function that is called again shares its layers",
            tf -> {
              List<String> got = new ArrayList<>();
              for (int i = 0; i < 2; i++) {
                try (var a = tf.variableScope("a", Reuse.AUTO_REUSE);
                    var d = tf.variableScope(null, "d")) {
                  got.add(v(tf));
                }
              }
              return got;
            },
            "[a/d/v, a/d/v]"),
        rule(
            "the scopes of another name keep their counts",
            tf -> {
              List<String> got = new ArrayList<>();
              for (String outer : List.of("s1", "s1", "s", "s1")) {
                try (var o = tf.variableScope(null, outer)) {
                  got.add(layer(tf, "d"));
                }
              }
              return got;
            },
            "[s1/d, s1_1/d, s/d, s1_2/d]"),
        rule(
            "a scope entered again inside goes on counting",
            tf -> {
              try (var a = tf.variableScope("a")) {
                String first = layer(tf, "d");
                tf.variableScope(a).close();
                return first + " " + layer(tf, "d");
              }
            },
            "a/d a/d_1"),
        rule(
            "and what was counted inside is forgotten",
            tf -> {
              VariableScope a = tf.variableScope("a");
              a.close();
              List<String> got = new ArrayList<>();
              for (int i = 0; i < 2; i++) {
                try (var again = tf.variableScope(a)) {
                  got.add(layer(tf, "d"));
                }
              }
              return got;
            },
            "[a/d, a/d]"),
        rule(
            "entering again counts as opening",
            tf -> {
              VariableScope a = tf.variableScope("a");
              a.close();
              tf.variableScope(a).close();
              return layer(tf, "a");
            },
            "a_1"));
  }

  @ParameterizedTest
  @MethodSource
  void rules(Rule rule) {
    rule.check();
  }
}
