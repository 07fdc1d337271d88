package dev.millrace.graph;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The value of an operation's attribute: one of the kinds of TensorFlow's {@code AttrValue}.
 * Immutable.
 */
public sealed interface AttrValue {
  /** Bytes; text is UTF-8. */
  @SuppressWarnings("ArrayRecordComponent") // copied on the way in and out, and compared by content
  record Bytes(byte[] value) implements AttrValue {
    public Bytes {
      value = value.clone();
    }

    @Override
    public byte[] value() {
      return value.clone();
    }

    public String text() {
      return new String(value, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Bytes b && Arrays.equals(value, b.value);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
      return '"' + text() + '"';
    }
  }

  record Int(long value) implements AttrValue {}

  record Real(float value) implements AttrValue {}

  record Bool(boolean value) implements AttrValue {}

  record Type(DataType value) implements AttrValue {}

  record ShapeAttr(Shape value) implements AttrValue {}

  record Tensor(TensorValue value) implements AttrValue {}

  /** The name of a function and the attributes it is called with. */
  record Func(String name, Map<String, AttrValue> attrs) implements AttrValue {
    public Func {
      attrs = Collections.unmodifiableMap(new TreeMap<>(attrs));
    }
  }

  /** Inside a function body: stands for the attribute of that name of the function's caller. */
  record Placeholder(String name) implements AttrValue {}

  /** A list whose items are all of one of the other kinds; an empty one has no kind. */
  record ListAttr(List<AttrValue> items) implements AttrValue {
    public ListAttr {
      items = List.copyOf(items);
    }
  }

  static AttrValue of(String s) {
    return new Bytes(s.getBytes(StandardCharsets.UTF_8));
  }

  static AttrValue of(long x) {
    return new Int(x);
  }

  static AttrValue of(float x) {
    return new Real(x);
  }

  static AttrValue of(boolean x) {
    return new Bool(x);
  }

  static AttrValue of(DataType t) {
    return new Type(t);
  }

  static AttrValue of(Shape s) {
    return new ShapeAttr(s);
  }

  static AttrValue of(TensorValue v) {
    return new Tensor(v);
  }

  /** A list of integers. */
  static AttrValue ofInts(long... xs) {
    return new ListAttr(Arrays.stream(xs).mapToObj(AttrValue::of).toList());
  }

  /** A list of floats. */
  static AttrValue ofFloats(float... xs) {
    List<AttrValue> items = new ArrayList<>();
    for (float x : xs) {
      items.add(of(x));
    }
    return new ListAttr(items);
  }

  /** A list of types. */
  static AttrValue ofTypes(List<DataType> types) {
    return new ListAttr(types.stream().map(AttrValue::of).toList());
  }

  /** A list of shapes. */
  static AttrValue ofShapes(List<Shape> shapes) {
    return new ListAttr(shapes.stream().map(AttrValue::of).toList());
  }

  /** A list of strings. */
  static AttrValue ofStrings(List<String> strings) {
    return new ListAttr(strings.stream().map(AttrValue::of).toList());
  }
}
