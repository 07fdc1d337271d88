package dev.millrace.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices, control dependencies and colocation. */
class ScopesTest {
  private final Graph g = TestOps.graph();

  private static List<String> names(Collection<Operation> ops) {
    return ops.stream().map(Operation::name).toList();
  }

  // ---- devices

  @ParameterizedTest
  @CsvSource(
      value = {
        "/job:w/replica:1/task:2/device:GPU:3 | /job:w/replica:1/task:2/device:GPU:3",
        "/gpu:0 | /device:GPU:0",
        "/cpu:1 | /device:CPU:1",
        "/device:cpu:0 | /device:CPU:0",
        "/CPU:* | /device:CPU:*",
        "/device:GPU:* | /device:GPU:*",
        "/device:*:2 | /device:*:2",
        "/task:0/job:ps | /job:ps/task:0",
        "/job:w/task:* | /job:w",
        "'' | ''",
        "/ | ''",
      },
      delimiter = '|')
  void devicesHaveOneTextForm(String text, String canonical) {
    DeviceSpec d = DeviceSpec.parse(text);
    assertThat(d).hasToString(canonical);
    assertThat(DeviceSpec.parse(d.toString())).isEqualTo(d);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/job", "/task:x", "/task:-1", "/disk:0", "gpu0", "/device", "/gpu:99999999999"})
  void badDevicesAreRefused(String text) {
    assertThatThrownBy(() -> DeviceSpec.parse(text)).isInstanceOf(InvalidArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "/job:a/cpu:0, /gpu:1,        /job:a/device:GPU:1",
    "/cpu:0,       /device:GPU:*, /device:GPU:0",
    "/job:a,       /task:1,       /job:a/task:1",
    "/job:a,       /job:b,        /job:b",
    "/gpu:0,       '',            /device:GPU:0",
  })
  void innerDevicesReplaceWhatTheyGive(String outer, String inner, String both) {
    DeviceSpec merged = DeviceSpec.parse(outer).merge(DeviceSpec.parse(inner));
    assertThat(merged).hasToString(both);
    assertThat(DeviceSpec.parse(inner).covers(merged)).isTrue();
  }

  @Test
  void deviceScopesNest() {
    try (Scope a = g.device("/job:w/cpu:0")) {
      assertThat(TestOps.noOp(g, "a").device()).hasToString("/job:w/device:CPU:0");
      try (Scope b = g.device("/gpu:1")) {
        assertThat(TestOps.noOp(g, "b").device()).hasToString("/job:w/device:GPU:1");
        assertThat(g.opBuilder("NoOp", "own").device("/task:3").build().device())
            .hasToString("/job:w/task:3/device:GPU:1");
        try (Scope open = g.device(null)) {
          assertThat(TestOps.noOp(g, "c").device().isEmpty()).isTrue();
        }
      }
      assertThat(g.currentDevice()).hasToString("/job:w/device:CPU:0");
    }
    assertThat(TestOps.noOp(g, "d").device()).hasToString("");
  }

  // ---- control dependencies

  @Test
  void operationsWaitForThoseOfAllOpenBlocks() {
    Operation a = TestOps.noOp(g, "a");
    Operation b = TestOps.noOp(g, "b");
    Operation c = TestOps.noOp(g, "c");
    try (Scope outer = g.controlDependencies(a, b)) {
      assertThat(names(TestOps.noOp(g, "x").controlInputs())).containsExactly("a", "b");
      try (Scope inner = g.controlDependencies(List.of(c))) {
        assertThat(names(TestOps.noOp(g, "y").controlInputs())).containsExactly("a", "b", "c");
      }
    }
    assertThat(TestOps.noOp(g, "z").controlInputs()).isEmpty();
    assertThat(names(a.consumers())).containsExactly("x", "y");
  }

  @Test
  void nullClearsTheBlocksAround() {
    Operation a = TestOps.noOp(g, "a");
    Operation b = TestOps.noOp(g, "b");
    try (Scope outer = g.controlDependencies(a)) {
      try (Scope cleared = g.controlDependencies((Collection<Operation>) null)) {
        assertThat(TestOps.noOp(g, "x").controlInputs()).isEmpty();
        try (Scope again = g.controlDependencies(b)) {
          assertThat(names(TestOps.noOp(g, "y").controlInputs())).containsExactly("b");
        }
      }
      assertThat(names(TestOps.noOp(g, "z").controlInputs())).containsExactly("a");
    }
  }

  @Test
  void whatAnInputOfTheBlockWaitsForIsNotRepeated() {
    Operation a = TestOps.noOp(g, "a");
    Operation b = TestOps.noOp(g, "b");
    Output before = TestOps.placeholder(g, "before");
    try (Scope outer = g.controlDependencies(a)) {
      Output first = TestOps.identity(g, "first", before);
      Output second = TestOps.identity(g, "second", first);
      assertThat(names(first.op().controlInputs())).containsExactly("a");
      assertThat(second.op().controlInputs()).isEmpty();
      try (Scope inner = g.controlDependencies(b)) {
        Output third = TestOps.identity(g, "third", second);
        assertThat(names(third.op().controlInputs())).containsExactly("b");
        Output fourth = TestOps.add(g, "fourth", third, before);
        assertThat(fourth.op().controlInputs()).isEmpty();
      }
    }
  }

  @Test
  void anInnerBlockDoesNotRepeatTheOuterOnes() {
    Operation a = TestOps.noOp(g, "a");
    Output before = TestOps.placeholder(g, "before");
    try (Scope outer = g.controlDependencies(a)) {
      Output first = TestOps.identity(g, "first", before);
      try (Scope inner = g.controlDependencies(a, first.op())) {
        // "first" waits for "a" already, and is the input itself.
        assertThat(TestOps.identity(g, "second", first).op().controlInputs()).isEmpty();
        assertThat(names(TestOps.identity(g, "third", before).op().controlInputs()))
            .containsExactly("a", "first");
      }
    }
  }

  @Test
  void aDataInputIsNoControlInputAsWell() {
    Output x = TestOps.placeholder(g, "x");
    try (Scope s = g.controlDependencies(x.op())) {
      Operation y = TestOps.identity(g, "y", x).op();
      assertThat(y.controlInputs()).isEmpty();
    }
    Operation z = g.opBuilder("NoOp", "z").controlInput(x.op()).controlInput(x.op()).build();
    assertThat(names(z.controlInputs())).containsExactly("x");
    assertThat(names(x.op().consumers())).containsExactly("y", "z");
  }

  @Test
  void operationsOfOtherGraphsAreRefused() {
    Operation other = TestOps.noOp(TestOps.graph(), "other");
    assertThatThrownBy(() -> g.controlDependencies(other))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("'other' is of another graph");
    assertThatThrownBy(() -> g.colocateWith(other)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> g.opBuilder("NoOp", "x").controlInput(other).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("'other' is of another graph");
  }

  // ---- colocation

  @Test
  void colocationNamesTheGroupAndTakesItsDevice() {
    Operation a;
    try (Scope d = g.device("/gpu:1")) {
      a = TestOps.noOp(g, "a");
    }
    assertThat(a.colocationGroups()).isEmpty();
    try (Scope d = g.device("/cpu:0");
        Scope s = g.colocateWith(a)) {
      Operation b = TestOps.noOp(g, "b");
      assertThat(b.colocationGroups()).containsExactly("a");
      assertThat(b.attrs().getStrings("_class")).containsExactly("loc:@a");
      assertThat(b.device()).hasToString("/device:GPU:1");
      try (Scope t = g.colocateWith(b)) {
        assertThat(TestOps.noOp(g, "c").colocationGroups()).containsExactly("a");
      }
    }
    assertThat(g.currentDevice().isEmpty()).isTrue();
  }

  @Test
  void nestedColocationJoinsTheGroups() {
    Operation a = TestOps.noOp(g, "a");
    Operation b = TestOps.noOp(g, "b");
    try (Scope s = g.colocateWith(b);
        Scope t = g.colocateWith(a)) {
      assertThat(TestOps.noOp(g, "c").colocationGroups()).containsExactly("a", "b");
    }
    assertThat(TestOps.noOp(g, "d").colocationGroups()).isEmpty();
  }

  @Test
  void aDeviceInsideColocationCountsWhereTheOtherHasNone() {
    Operation a = TestOps.noOp(g, "a");
    try (Scope outer = g.device("/cpu:0");
        Scope s = g.colocateWith(a)) {
      assertThat(TestOps.noOp(g, "b").device().isEmpty()).isTrue();
      try (Scope d = g.device("/gpu:0")) {
        assertThat(TestOps.noOp(g, "c").device()).hasToString("/device:GPU:0");
      }
    }
  }
}
