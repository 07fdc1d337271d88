package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.InvalidArgumentException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NestTest {
  private record Pair(Object a, Object b) implements Nest.Record {
    @Override
    public List<?> components() {
      return List.of(a, b);
    }

    @Override
    public Pair withComponents(List<?> c) {
      return new Pair(c.get(0), c.get(1));
    }
  }

  private static final Object STRUCTURE = List.of(1, new Pair(2, List.of(3, 4)), List.of(), 5);

  @Test
  void leavesComeFromLeftToRight() {
    assertThat(Nest.flatten(STRUCTURE)).containsExactly(1, 2, 3, 4, 5);
    assertThat(Nest.flatten("leaf")).containsExactly("leaf");
    assertThat(Nest.isLeaf("leaf")).isTrue();
    assertThat(Nest.isLeaf(STRUCTURE)).isFalse();
  }

  @Test
  void packingPutsOtherLeavesIn() {
    assertThat(Nest.pack(STRUCTURE, List.of(5, 4, 3, 2, 1)))
        .isEqualTo(List.of(5, new Pair(4, List.of(3, 2)), List.of(), 1));
    assertThat(Nest.pack("leaf", List.of(7))).isEqualTo(7);
    assertThatThrownBy(() -> Nest.pack(STRUCTURE, List.of(1)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("5 leaves");
  }

  @Test
  void mapsOneStructureOrTwo() {
    assertThat(Nest.map(new Pair(1, 2), x -> 10 * (Integer) x)).isEqualTo(new Pair(10, 20));
    assertThat(Nest.map(new Pair(1, 2), new Pair(3, 4), (x, y) -> (Integer) x + (Integer) y))
        .isEqualTo(new Pair(4, 6));
  }

  @Test
  void structuresDifferByKindAndLength() {
    assertThat(Nest.isSame(List.of(1, 2), List.of(3, 4))).isTrue();
    assertThat(Nest.isSame(List.of(1, 2), List.of(3))).isFalse();
    assertThat(Nest.isSame(List.of(1, 2), new Pair(1, 2))).isFalse();
    assertThat(Nest.isSame(new Pair(1, 2), List.of(1, 2))).isFalse();
    assertThat(Nest.isSame(1, List.of(1))).isFalse();
    assertThatThrownBy(() -> Nest.requireSame(List.of(1, new Pair(2, 3)), 4))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("[*, Pair(*, *)] and *");
  }

  private record Plain(Object a, List<Integer> b) {}

  @Test
  void mapsAndJavasRecordsAreStructures() {
    Object s = Map.of("b", 2, "a", new Plain(1, List.of(3)));
    assertThat(Nest.flatten(s)).containsExactly(1, 3, 2);
    assertThat(Nest.pack(s, List.of(4, 5, 6)))
        .isEqualTo(Map.of("a", new Plain(4, List.of(5)), "b", 6));
    assertThat(Nest.paths(s)).containsExactly("['a'].a", "['a'].b[0]", "['b']");
    assertThat(Nest.paths(7)).containsExactly("");
    assertThat(Nest.describe(s)).isEqualTo("{a=Plain(*, [*]), b=*}");
    assertThat(Nest.isSame(s, Map.of("a", 1, "b", 2))).isFalse();
    assertThat(Nest.isSame(Map.of("a", 1), Map.of("b", 1))).isFalse();
    assertThat(Nest.isSame(Map.of("a", 1), Map.of("a", 2))).isTrue();
    assertThat(Nest.isSame(new Plain(1, List.of(2)), List.of(1, List.of(2)))).isFalse();
  }

  private record Count(int n) {}

  @Test
  void aRecordTakesOnlyWhatItDeclares() {
    assertThatThrownBy(() -> Nest.pack(new Count(1), List.of("text")))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("Count cannot be made: its parts must be declared as tensors");
  }

  @Test
  void hasNoPlaceForNull() {
    assertThatThrownBy(() -> Nest.flatten(new Pair(1, List.of(2)).withComponents(nullPart())))
        .isInstanceOf(NullPointerException.class);
  }

  private static List<?> nullPart() {
    return java.util.Arrays.asList(1, null);
  }
}
