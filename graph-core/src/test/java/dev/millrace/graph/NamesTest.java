package dev.millrace.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The names that TensorFlow 1.15 gives. */
class NamesTest {
  private final Graph g = TestOps.graph();

  private String make(String name) {
    return TestOps.noOp(g, name).name();
  }

  @ParameterizedTest
  @CsvSource({
    "a a a,                 a a_1 a_2",
    "a A a,                 a A_1 a_2",
    "a_1 a a,               a_1 a a_2",
    "a a_1 a,               a a_1 a_2",
    "a a a_1,               a a_1 a_1_1",
    "a a a_1 a_1,           a a_1 a_1_1 a_1_2",
    "a_1 a_1 a a,           a_1 a_1_1 a a_2",
    "a a_2 a a,             a a_2 a_1 a_3",
    "A_1 a a,               A_1 a a_2",
    "a/b a a/b,             a/b a a/b_1",
    "a. a- a_,              a. a- a_",
  })
  void namesTakenGetTheNextFreeSuffix(String asked, String given) {
    List<String> names = new ArrayList<>();
    for (String name : asked.split(" ", -1)) {
      names.add(make(name));
    }
    assertThat(String.join(" ", names)).isEqualTo(given);
  }

  /** TensorFlow's own rule, step by step, as its documentation describes it. */
  private static final class Rule {
    final java.util.Map<String, Integer> used = new java.util.HashMap<>();

    String unique(String name) {
      String key = name.toLowerCase(java.util.Locale.ROOT);
      int i = used.merge(key, 1, Integer::sum) - 1;
      if (i == 0) {
        return name;
      }
      while (used.containsKey(key + "_" + i)) {
        i++;
      }
      used.put(key + "_" + i, 1);
      return name + "_" + i;
    }
  }

  @Property
  void longSequencesFollowTheRule(@ForAll @Size(max = 40) List<@IntRange(max = 7) Integer> picks) {
    String[] pool = {"a", "A", "a_1", "a_2", "a_1_1", "A_1", "b", "b_1"};
    Graph graph = TestOps.graph();
    Rule rule = new Rule();
    for (int p : picks) {
      assertThat(TestOps.noOp(graph, pool[p]).name()).isEqualTo(rule.unique(pool[p]));
    }
  }

  @Test
  void scopesNestAndAreUnique() {
    try (Scope s = g.nameScope("s")) {
      assertThat(s.name()).isEqualTo("s/");
      assertThat(make("x")).isEqualTo("s/x");
      try (Scope t = g.nameScope("t")) {
        assertThat(t.name()).isEqualTo("s/t/");
        assertThat(g.currentNameScope()).isEqualTo("s/t");
        assertThat(make("x")).isEqualTo("s/t/x");
      }
      assertThat(make("t")).isEqualTo("s/t_1");
      try (Scope t = g.nameScope("t")) {
        assertThat(t.name()).isEqualTo("s/t_2/");
      }
    }
    try (Scope s = g.nameScope("S")) {
      assertThat(s.name()).isEqualTo("S_1/");
    }
    assertThat(make("s")).isEqualTo("s_2");
    assertThat(make("x")).isEqualTo("x");
  }

  @Test
  void aScopeIsEnteredAgainByItsFullName() {
    String full;
    try (Scope s = g.nameScope("s")) {
      full = s.name();
      make("x");
    }
    try (Scope other = g.nameScope("other");
        Scope s = g.nameScope(full)) {
      assertThat(s.name()).isEqualTo("s/");
      assertThat(make("x")).isEqualTo("s/x_1");
    }
  }

  @Test
  void nullAndEmptyLeadToTheRoot() {
    try (Scope s = g.nameScope("s")) {
      try (Scope root = g.nameScope("")) {
        assertThat(root.name()).isEmpty();
        assertThat(make("x")).isEqualTo("x");
      }
      try (Scope root = g.nameScope(null)) {
        assertThat(make("x")).isEqualTo("x_1");
      }
      assertThat(g.currentNameScope()).isEqualTo("s");
    }
  }

  @Test
  void anOperationMayBeCalledAsItsScope() {
    try (Scope s = g.nameScope("s")) {
      assertThat(make("inner")).isEqualTo("s/inner");
      assertThat(make(s.name())).isEqualTo("s");
      assertThatThrownBy(() -> make(s.name()))
          .isInstanceOf(AlreadyExistsException.class)
          .hasMessageContaining("'s' already");
    }
    assertThat(make("s")).isEqualTo("s_1");
  }

  @Test
  void aNameMayBeAskedWithoutTakingIt() {
    assertThat(g.uniqueName("a", false)).isEqualTo("a");
    assertThat(g.uniqueName("a", true)).isEqualTo("a");
    assertThat(g.uniqueName("a", false)).isEqualTo("a_1");
    assertThat(make("a")).isEqualTo("a_1");
    try (Scope s = g.nameScope("s")) {
      assertThat(g.uniqueName("a", false)).isEqualTo("s/a");
    }
  }

  @Test
  void theTypeStandsInForAName() {
    assertThat(make(null)).isEqualTo("NoOp");
    assertThat(make(null)).isEqualTo("NoOp_1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"_a", "-a", "/a", "a b", "a:0", "^a", "", "é", "a>b"})
  void badNamesAreRefused(String name) {
    assertThatThrownBy(() -> make(name))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("'" + name + "'");
    assertThat(g.size()).isZero();
  }

  @Test
  void insideAScopeNamesMayBeginWithMore() {
    assertThatThrownBy(() -> g.nameScope("_s")).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> g.nameScope("a b/")).isInstanceOf(InvalidArgumentException.class);
    try (Scope s = g.nameScope("s");
        Scope t = g.nameScope("_t")) {
      assertThat(t.name()).isEqualTo("s/_t/");
      assertThat(make("_x")).isEqualTo("s/_t/_x");
    }
  }

  @Test
  void closingTwiceDoesNothing() {
    Scope s = g.nameScope("s");
    s.close();
    try (Scope t = g.nameScope("t")) {
      s.close();
      assertThat(g.currentNameScope()).isEqualTo("t");
    }
  }
}
