package dev.millrace.session;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.Region;
import dev.millrace.session.nd4j.NdArrays;
import java.lang.reflect.Array;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Copies values that are on the heap already into what a caller gave for them. */
final class ResultCopies {
  private ResultCopies() {}

  static void copy(TensorValue from, Object to) {
    if (to instanceof INDArray a
        && NdArrays.dtype(a.dataType()) == from.dtype()
        && a.length() == from.size()) {
      Region r = new Region();
      NdArrays.bind(r, a, from.dtype());
      HeapCopies.store(from, r);
    } else if (to.getClass() == from.data().getClass() && Array.getLength(to) == from.size()) {
      System.arraycopy(from.data(), 0, to, 0, from.size());
    } else {
      throw new InvalidArgumentException(
          "a fetch of "
              + from.dtype()
              + from.shape()
              + " does not go into a "
              + to.getClass().getSimpleName()
              + " of another dtype or size");
    }
  }
}
