package dev.millrace.session.plan;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Output;
import java.util.List;

/**
 * The operation that a node is executed as, where that is another than in the user's graph.
 *
 * @param standsFor outputs of the same dtype and shape, and for handles with what is known of the
 *     variable
 * @param hasEffect whether running it changes something
 */
record Lowered(String type, OpDef def, Attrs attrs, List<Output> standsFor, boolean hasEffect) {
  Lowered {
    standsFor = List.copyOf(standsFor);
  }

  /**
   * An operation of that type.
   *
   * @param like the type whose definition holds for it
   */
  static Lowered of(
      String type, String like, Attrs attrs, List<Output> standsFor, boolean hasEffect) {
    return new Lowered(type, OpRegistry.global().get(like), attrs, standsFor, hasEffect);
  }
}
