package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Compares with counts that are copied and searched as a whole. */
class ScopeCountsTest {
  private Map<String, Integer> plain = new HashMap<>();
  private final ScopeCounts counts = new ScopeCounts();

  private void count(String scope) {
    plain.merge(scope, 1, Integer::sum);
    counts.count(scope);
  }

  private void assertUnique(String name) {
    String want = name;
    for (int i = 1; plain.containsKey(want); i++) {
      want = name + "_" + i;
    }
    assertThat(counts.unique(name)).isEqualTo(want);
  }

  @Test
  void namesAreThoseOfCountsThatAreCopied() {
    String[] names = {"a", "a/b", "a/b/c", "a_1", "a0", "a/b_1", "ab", "a/b/c_1", "a_2", "a-"};
    Random random = new Random(1);
    Deque<Map<String, Integer>> copies = new ArrayDeque<>();
    Deque<Integer> marks = new ArrayDeque<>();
    for (int i = 0; i < 20_000; i++) {
      String name = names[random.nextInt(names.length)];
      switch (random.nextInt(8)) {
        case 0 -> {
          plain.keySet().removeIf(k -> k.startsWith(name + "/"));
          counts.forgetInside(name);
        }
        case 1 -> {
          if (marks.size() < 4) {
            copies.push(new HashMap<>(plain));
            marks.push(counts.mark());
          }
        }
        case 2 -> {
          if (!marks.isEmpty()) {
            plain = copies.pop();
            counts.restore(marks.pop());
          }
        }
        case 3 -> count(name);
        case 4 -> {
          String unique = counts.unique(name);
          assertUnique(name);
          count(unique);
        }
        default -> assertUnique(name);
      }
    }
  }
}
