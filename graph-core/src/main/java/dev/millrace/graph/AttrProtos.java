package dev.millrace.graph;

import com.google.protobuf.ByteString;
import dev.millrace.graph.AttrValue.Bool;
import dev.millrace.graph.AttrValue.Bytes;
import dev.millrace.graph.AttrValue.Func;
import dev.millrace.graph.AttrValue.Int;
import dev.millrace.graph.AttrValue.ListAttr;
import dev.millrace.graph.AttrValue.Placeholder;
import dev.millrace.graph.AttrValue.Real;
import dev.millrace.graph.AttrValue.ShapeAttr;
import dev.millrace.graph.AttrValue.Tensor;
import dev.millrace.proto.AttrValue.ListValue;
import dev.millrace.proto.AttrValue.ValueCase;
import dev.millrace.proto.NameAttrList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Attribute values in their wire form. */
public final class AttrProtos {
  private AttrProtos() {}

  /**
   * The value that {@code proto} holds. Reference types become the types that they refer to.
   *
   * @throws InvalidArgumentException if it holds none, or one that cannot be: an unknown dtype, a
   *     damaged tensor, a list of several kinds
   */
  public static AttrValue read(dev.millrace.proto.AttrValue proto) {
    return switch (proto.getValueCase()) {
      case S -> bytes(proto.getS());
      case I -> new Int(proto.getI());
      case F -> new Real(proto.getF());
      case B -> new Bool(proto.getB());
      case TYPE -> type(proto.getTypeValue());
      case SHAPE -> new ShapeAttr(ShapeProtos.read(proto.getShape()));
      case TENSOR -> new Tensor(TensorProtos.read(proto.getTensor()));
      case LIST -> list(proto.getList());
      case FUNC -> func(proto.getFunc());
      case PLACEHOLDER -> new Placeholder(proto.getPlaceholder());
      case VALUE_NOT_SET -> throw new InvalidArgumentException("it has no value");
    };
  }

  /**
   * The attributes of a message.
   *
   * @throws InvalidArgumentException as {@link #read} does; the message names the attribute
   */
  public static Map<String, AttrValue> readAll(Map<String, dev.millrace.proto.AttrValue> protos) {
    Map<String, AttrValue> r = new TreeMap<>();
    protos.forEach(
        (name, proto) -> {
          // A hidden attribute without a value says nothing; some rewriters leave such.
          if (proto.getValueCase() != ValueCase.VALUE_NOT_SET || !name.startsWith("_")) {
            r.put(name, readNamed(name, proto));
          }
        });
    return r;
  }

  private static AttrValue readNamed(String name, dev.millrace.proto.AttrValue proto) {
    try {
      return read(proto);
    } catch (MillraceException e) {
      throw MillraceException.of(e.code(), "attribute '" + name + "': " + e.getMessage(), e);
    }
  }

  private static Bytes bytes(ByteString s) {
    return new Bytes(s.toByteArray());
  }

  private static AttrValue.Type type(int number) {
    return new AttrValue.Type(DataType.ofNumber(number));
  }

  private static Func func(NameAttrList f) {
    return new Func(f.getName(), readAll(f.getAttrMap()));
  }

  private static ListAttr list(ListValue l) {
    List<AttrValue> items = new ArrayList<>();
    long kinds =
        IntStream.of(
                l.getSCount(),
                l.getICount(),
                l.getFCount(),
                l.getBCount(),
                l.getTypeCount(),
                l.getShapeCount(),
                l.getTensorCount(),
                l.getFuncCount())
            .filter(n -> n > 0)
            .count();
    if (kinds > 1) {
      throw new InvalidArgumentException("a list holds values of one kind, not of " + kinds);
    }
    l.getSList().forEach(s -> items.add(bytes(s)));
    l.getIList().forEach(i -> items.add(new Int(i)));
    l.getFList().forEach(f -> items.add(new Real(f)));
    l.getBList().forEach(b -> items.add(new Bool(b)));
    l.getTypeValueList().forEach(t -> items.add(type(t)));
    l.getShapeList().forEach(s -> items.add(new ShapeAttr(ShapeProtos.read(s))));
    l.getTensorList().forEach(t -> items.add(new Tensor(TensorProtos.read(t))));
    l.getFuncList().forEach(f -> items.add(func(f)));
    return new ListAttr(items);
  }

  /**
   * The wire form of {@code v}.
   *
   * @throws InvalidArgumentException if it is a list in a list, or holds a tensor that cannot be
   *     written
   */
  public static dev.millrace.proto.AttrValue write(AttrValue v) {
    dev.millrace.proto.AttrValue.Builder b = dev.millrace.proto.AttrValue.newBuilder();
    if (v instanceof Bytes x) {
      b.setS(ByteString.copyFrom(x.value()));
    } else if (v instanceof Int x) {
      b.setI(x.value());
    } else if (v instanceof Real x) {
      b.setF(x.value());
    } else if (v instanceof Bool x) {
      b.setB(x.value());
    } else if (v instanceof AttrValue.Type x) {
      b.setTypeValue(x.value().number());
    } else if (v instanceof ShapeAttr x) {
      b.setShape(ShapeProtos.write(x.value()));
    } else if (v instanceof Tensor x) {
      b.setTensor(TensorProtos.write(x.value()));
    } else if (v instanceof Func x) {
      b.setFunc(func(x));
    } else if (v instanceof Placeholder x) {
      b.setPlaceholder(x.name());
    } else if (v instanceof ListAttr x) {
      ListValue.Builder l = b.getListBuilder();
      x.items().forEach(item -> add(l, item));
    }
    return b.build();
  }

  /** The wire form of attributes, in the order of their names. */
  static Map<String, dev.millrace.proto.AttrValue> writeAll(Map<String, AttrValue> attrs) {
    Map<String, dev.millrace.proto.AttrValue> r = new TreeMap<>();
    attrs.forEach((name, v) -> r.put(name, write(v)));
    return r;
  }

  private static NameAttrList func(Func f) {
    return NameAttrList.newBuilder().setName(f.name()).putAllAttr(writeAll(f.attrs())).build();
  }

  private static void add(ListValue.Builder l, AttrValue v) {
    if (v instanceof Bytes x) {
      l.addS(ByteString.copyFrom(x.value()));
    } else if (v instanceof Int x) {
      l.addI(x.value());
    } else if (v instanceof Real x) {
      l.addF(x.value());
    } else if (v instanceof Bool x) {
      l.addB(x.value());
    } else if (v instanceof AttrValue.Type x) {
      l.addTypeValue(x.value().number());
    } else if (v instanceof ShapeAttr x) {
      l.addShape(ShapeProtos.write(x.value()));
    } else if (v instanceof Tensor x) {
      l.addTensor(TensorProtos.write(x.value()));
    } else if (v instanceof Func x) {
      l.addFunc(func(x));
    } else {
      throw new InvalidArgumentException("a list cannot hold " + v);
    }
  }
}
