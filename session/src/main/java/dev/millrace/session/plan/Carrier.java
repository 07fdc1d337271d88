package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.collections.Holding;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.Region;

/**
 * A value on its way from a feed to a segment, from one segment to another, or to a fetch. Reused
 * from run to run.
 */
final class Carrier {
  private DataType dtype;
  private Shape shape;
  private Region region;
  private TensorValue value;
  private Feed feed;

  void setFeed(Feed f) {
    hold(null);
    dtype = f.dtype();
    shape = f.shape();
    feed = f;
    region = f.inPlace();
  }

  void setRegion(DataType t, Shape s, Region r) {
    hold(null);
    dtype = t;
    shape = s;
    region = r;
    feed = null;
  }

  void setValue(TensorValue v) {
    hold(v);
    dtype = v.dtype();
    shape = v.shape();
    region = null;
    feed = null;
  }

  /** Carries what {@code other} carries. */
  void set(Carrier other) {
    hold(other.value);
    dtype = other.dtype;
    shape = other.shape;
    region = other.region;
    feed = other.feed;
  }

  /** Whether there is a value: a branch may have given none. */
  boolean isPresent() {
    return feed != null || region != null || value != null;
  }

  /** The body of a branch that the value chooses. */
  int side(PlanNode branch) {
    if (branch.choosesByNumber() && region != null) {
      return Choosers.side(branch, region.ints().get(0));
    }
    return branch.choosesByNumber() ? Choosers.side(branch, toValue()) : isTrue() ? 1 : 0;
  }

  /** Whether the value counts as true. */
  boolean isTrue() {
    return (region != null && dtype == DataType.BOOL && shape.rank() == 0)
        ? region.bytes().get(0) != 0
        : Choosers.isTrue(toValue());
  }

  /** Lets go of everything, so that an idle plan keeps no feed alive. */
  void clear() {
    hold(null);
    feed = null;
    region = null;
  }

  private void hold(TensorValue v) {
    Holding.retain(v); // before the release: they may be one
    Holding.release(value);
    value = v;
  }

  DataType dtype() {
    return dtype;
  }

  Shape shape() {
    return shape;
  }

  /** The memory in which the value lies already, or null. */
  Region region() {
    return region;
  }

  void copyTo(Region to) {
    if (region != null) {
      to.copyFrom(region);
    } else if (feed != null) {
      feed.copyTo(to);
    } else {
      HeapCopies.store(value, to);
    }
  }

  TensorValue toValue() {
    if (value != null) {
      return value;
    }
    return feed != null ? feed.toValue() : HeapCopies.load(dtype, shape, region);
  }

  void fetch(int k, FetchSink sink) {
    if (region != null) {
      sink.dense(k, dtype, shape, region);
    } else {
      sink.value(k, Holding.uncounted(toValue()));
    }
  }
}
