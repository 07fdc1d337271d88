package dev.millrace.ops.defs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shape and value functions do what {@code shapes.txt} says. */
class ShapeTableTest {
  static List<ShapeCase> cases() {
    return ShapeCase.load();
  }

  static List<ShapeCase> successes() {
    return ShapeCase.load().stream().filter(c -> !c.fails()).toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void infersWhatTheTableSays(ShapeCase c) {
    List<DataType> types = c.inputTypes();
    if (c.fails()) {
      assertThatThrownBy(() -> c.build(types))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining(c.error());
      return;
    }
    Operation op = c.build(types);
    List<TensorSpec> want = c.outputs();
    assertThat(op.numOutputs()).isEqualTo(want.size());
    for (int i = 0; i < want.size(); i++) {
      TensorSpec w = want.get(i);
      KnownInts known = op.output(i).knownInts();
      assertThat(op.output(i).shape()).as("output %d", i).isEqualTo(w.shape());
      if (w.dtype() != null) {
        assertThat(op.output(i).dtype()).isEqualTo(w.dtype());
      }
      if (c.wantsNoValue(i)) {
        assertThat(known).isNull();
      } else if (w.hasValues()) {
        assertThat(elements(known, w.values().size())).isEqualTo(w.values());
        assertThat(known == null || known.isScalar() == (w.shape().rank() == 0)).isTrue();
      }
    }
  }

  private static List<String> elements(KnownInts k, int size) {
    List<String> r = new ArrayList<>();
    for (int i = 0; i < (k == null ? size : k.size()); i++) {
      r.add(k != null && k.isKnown(i) ? Long.toString(k.get(i)) : "?");
    }
    return r;
  }

  /**
   * Whoever knows less of the inputs gets no error, and nothing that contradicts or goes beyond.
   */
  @ParameterizedTest
  @MethodSource("successes")
  void knowingLessGivesLessAndNothingElse(ShapeCase c) {
    List<DataType> types = c.inputTypes();
    Operation exact = c.build(types);
    List<TensorSpec> nothing = new ArrayList<>();
    for (int i = 0; i < c.inputs().size(); i++) {
      List<TensorSpec> blurred = c.inputs().get(i).blurred();
      nothing.add(blurred.get(0));
      for (TensorSpec b : blurred) {
        assertCovers(c.withInput(i, b), types, exact);
      }
    }
    assertCovers(c.withInputs(nothing), types, exact);
  }

  private static void assertCovers(ShapeCase blurred, List<DataType> types, Operation exact) {
    Operation op = blurred.build(types);
    for (int i = 0; i < op.numOutputs(); i++) {
      Shape less = op.output(i).shape();
      Shape more = exact.output(i).shape();
      assertThat(less.isCompatibleWith(more) && less.merge(more).equals(more))
          .as("%s gives %s, with more known %s", blurred, less, more)
          .isTrue();
      KnownInts few = op.output(i).knownInts();
      KnownInts many = exact.output(i).knownInts();
      for (int k = 0; few != null && k < few.size(); k++) {
        if (few.isKnown(k)) {
          assertThat(many != null && many.isKnown(k) && many.get(k) == few.get(k))
              .as("%s knows %s, with more known %s", blurred, few, many)
              .isTrue();
        }
      }
    }
  }

  @Test
  void everyRegisteredOpIsInTheTable() {
    OpRegistry r = new OpRegistry();
    new StandardOps().register(r);
    Set<String> shown = cases().stream().map(ShapeCase::op).collect(Collectors.toSet());
    assertThat(r.all()).extracting(OpDef::name).allMatch(shown::contains);
  }
}
