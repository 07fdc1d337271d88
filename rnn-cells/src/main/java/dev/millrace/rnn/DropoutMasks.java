package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** How a {@link DropoutWrapper} drops: by a mask for each step, or by one for all. */
final class DropoutMasks {
  /** What is dropped from. */
  enum Place {
    INPUT,
    STATE,
    OUTPUT
  }

  private final Long seed;

  /** The uniform numbers behind the masks for all steps; null for a mask each step. */
  private final Map<Place, List<Tensor>> noise;

  /** Masks drawn at every step. */
  DropoutMasks(Long seed) {
    this(seed, null);
  }

  private DropoutMasks(Long seed, Map<Place, List<Tensor>> noise) {
    this.seed = seed;
    this.noise = noise;
  }

  /** Masks drawn once, with a batch of 1. */
  static DropoutMasks variational(
      Ops tf, DataType dtype, Long seed, RNNCell cell, CellShape inputSize) {
    DropoutMasks masks = new DropoutMasks(seed, new EnumMap<>(Place.class));
    if (inputSize != null) {
      masks.draw(tf, dtype, Place.INPUT, inputSize);
    }
    masks.draw(tf, dtype, Place.STATE, cell.stateSize());
    masks.draw(tf, dtype, Place.OUTPUT, cell.outputSize());
    return masks;
  }

  private void draw(Ops tf, DataType dtype, Place place, CellShape sizes) {
    List<Tensor> drawn = new ArrayList<>();
    for (Shape s : sizes.flatten()) {
      Shape one = Shape.vector(1).concat(s);
      drawn.add(tf.randomUniform(one, dtype, 0, 1, seed(place, drawn.size())));
    }
    noise.put(place, drawn);
  }

  /** TensorFlow's seed of the dropout at a place: a hash of the wrapper's seed and the place. */
  private Long seed(Place place, int index) {
    if (seed == null) {
      return null;
    }
    String text = seed + place.name().toLowerCase(Locale.ROOT) + "_" + index;
    try {
      byte[] hash = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
      return (long) (ByteBuffer.wrap(hash).getInt() & 0x7fffffff);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }

  /** {@code values} with dropout on the parts that the filter lets through. */
  Object apply(
      Ops tf, Place place, Object values, KeepProbability keep, UnaryOperator<Object> filter) {
    if (!keep.drops()) {
      return values;
    }
    return new Walk(tf, place, keep, filter).part(values, null);
  }

  /** One pass over a structure; what is left out as a whole counts as one place for the seeds. */
  private final class Walk {
    private final Ops tf;
    private final Place place;
    private final KeepProbability keep;
    private final UnaryOperator<Object> filter;
    private final Iterator<Tensor> drawn;
    private int index;

    Walk(Ops tf, Place place, KeepProbability keep, UnaryOperator<Object> filter) {
      this.tf = tf;
      this.place = place;
      this.keep = keep;
      this.filter = filter;
      this.drawn = noise == null ? null : noise.get(place).iterator();
    }

    /**
     * @param decision whether to go into the part, where the whole decided that; null to ask
     */
    Object part(Object value, Boolean decision) {
      Object answer = Boolean.FALSE.equals(decision) ? decision : filter.apply(value);
      if (Boolean.FALSE.equals(answer)) {
        skip(value);
        return value;
      }
      if (Nest.isLeaf(value)) {
        if (!(value instanceof Tensor t) || !Boolean.TRUE.equals(answer)) {
          throw InvalidArgumentException.atCall(
              "a state filter answers true or false for " + value);
        }
        return drop(t);
      }
      return parts(value, answer);
    }

    private Object parts(Object value, Object answer) {
      List<?> parts = value instanceof Nest.Record r ? r.components() : (List<?>) value;
      if (answer instanceof List<?> l && l.size() != parts.size()) {
        throw InvalidArgumentException.atCall(
            "a state filter answers " + l + " for the " + parts.size() + " parts of " + value);
      }
      List<Object> result = new ArrayList<>();
      for (int i = 0; i < parts.size(); i++) {
        result.add(part(parts.get(i), answer instanceof List<?> l ? (Boolean) l.get(i) : null));
      }
      return value instanceof Nest.Record r ? r.withComponents(result) : List.copyOf(result);
    }

    private void skip(Object value) {
      index++;
      if (drawn != null) {
        Nest.flatten(value).forEach(leaf -> drawn.next());
      }
    }

    private Tensor drop(Tensor x) {
      int i = index++;
      if (drawn == null) {
        return keep.dropout(tf, x, seed(place, i));
      }
      Tensor mask = tf.floor(tf.add(keep.value(), drawn.next()));
      return tf.mul(tf.div(x, keep.value()), mask).setShape(x.shape());
    }
  }
}
