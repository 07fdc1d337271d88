package dev.millrace.graph;

import com.google.protobuf.ByteString;
import dev.millrace.graph.OpDef.ArgDef;
import dev.millrace.graph.OpDef.AttrDef;
import dev.millrace.graph.OpDef.AttrKind;
import dev.millrace.proto.AttrValue.ListValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Op definitions in their wire form: the signatures of functions, and the list of op types that a
 * meta graph carries.
 */
public final class OpDefProtos {
  private OpDefProtos() {}

  // ---- reading

  /**
   * The definition that {@code proto} spells. It knows nothing of shapes.
   *
   * @throws InvalidArgumentException if an argument or attribute is not well-formed
   */
  public static OpDef read(dev.millrace.proto.OpDef proto) {
    try {
      Map<String, AttrDef> attrs = new LinkedHashMap<>();
      for (var a : proto.getAttrList()) {
        attrs.put(a.getName(), readAttr(a));
      }
      List<ArgDef> inputs = new ArrayList<>();
      for (var a : proto.getInputArgList()) {
        inputs.add(readArg(a, attrs));
      }
      List<ArgDef> outputs = new ArrayList<>();
      for (var a : proto.getOutputArgList()) {
        outputs.add(readArg(a, attrs));
      }
      return OpDef.of(
          proto.getName(), attrs, inputs, outputs, proto.getIsStateful(), proto.getIsCommutative());
    } catch (MillraceException e) {
      throw new InvalidArgumentException(
          "the definition of '" + proto.getName() + "': " + e.getMessage(), e);
    }
  }

  private static ArgDef readArg(dev.millrace.proto.OpDef.ArgDef a, Map<String, AttrDef> attrs) {
    String typeAttr = given(a.getTypeAttr());
    String numberAttr = given(a.getNumberAttr());
    String typeListAttr = given(a.getTypeListAttr());
    DataType type = a.getTypeValue() == 0 ? null : DataType.ofNumber(a.getTypeValue());
    int ways = (type != null ? 1 : 0) + (typeAttr != null ? 1 : 0) + (typeListAttr != null ? 1 : 0);
    if (ways != 1 || (typeListAttr != null && numberAttr != null)) {
      throw new InvalidArgumentException(
          "argument '" + a.getName() + "' must have one of type, type_attr and type_list_attr");
    }
    require(a, attrs, typeAttr, AttrKind.TYPE, false);
    require(a, attrs, numberAttr, AttrKind.INT, false);
    require(a, attrs, typeListAttr, AttrKind.TYPE, true);
    boolean ref = a.getIsRef() || a.getTypeValue() > DataType.REF_OFFSET;
    return new ArgDef(a.getName(), type, typeAttr, numberAttr, typeListAttr, ref);
  }

  private static String given(String s) {
    return s.isEmpty() ? null : s;
  }

  private static void require(
      dev.millrace.proto.OpDef.ArgDef arg,
      Map<String, AttrDef> attrs,
      String name,
      AttrKind kind,
      boolean list) {
    if (name == null) {
      return;
    }
    AttrDef a = attrs.get(name);
    if (a == null || a.kind() != kind || a.list() != list) {
      throw new InvalidArgumentException(
          "argument '"
              + arg.getName()
              + "' needs an attribute '"
              + name
              + "' of the kind "
              + kindName(kind, list));
    }
  }

  private static AttrDef readAttr(dev.millrace.proto.OpDef.AttrDef a) {
    String kindText = a.getType();
    boolean list = kindText.startsWith("list(") && kindText.endsWith(")");
    AttrKind kind = kind(list ? kindText.substring(5, kindText.length() - 1) : kindText);
    Set<DataType> types = null;
    Set<String> strings = null;
    ListValue allowed = a.getAllowedValues().getList();
    if (allowed.getTypeCount() > 0) {
      types = EnumSet.noneOf(DataType.class);
      for (int number : allowed.getTypeValueList()) {
        types.add(DataType.ofNumber(number));
      }
    }
    if (allowed.getSCount() > 0) {
      strings = new LinkedHashSet<>();
      for (var s : allowed.getSList()) {
        strings.add(s.toStringUtf8());
      }
    }
    return new AttrDef(
        a.getName(),
        kind,
        list,
        types,
        strings,
        a.getHasMinimum() ? a.getMinimum() : null,
        a.hasDefaultValue() ? AttrProtos.read(a.getDefaultValue()) : null);
  }

  private static AttrKind kind(String name) {
    for (AttrKind k : AttrKind.values()) {
      if (kindName(k, false).equals(name)) {
        return k;
      }
    }
    throw new InvalidArgumentException("there is no kind of attributes called '" + name + "'");
  }

  private static String kindName(AttrKind kind, boolean list) {
    String name = kind.name().toLowerCase(Locale.ROOT);
    return list ? "list(" + name + ")" : name;
  }

  // ---- writing

  /** The wire form of {@code def}. */
  public static dev.millrace.proto.OpDef write(OpDef def) {
    dev.millrace.proto.OpDef.Builder b =
        dev.millrace.proto.OpDef.newBuilder()
            .setName(def.name())
            .setIsStateful(def.isStateful())
            .setIsCommutative(def.isCommutative());
    def.inputs().forEach(a -> b.addInputArg(writeArg(a)));
    def.outputs().forEach(a -> b.addOutputArg(writeArg(a)));
    def.attrs().values().forEach(a -> b.addAttr(writeAttr(a)));
    return b.build();
  }

  private static dev.millrace.proto.OpDef.ArgDef writeArg(ArgDef a) {
    dev.millrace.proto.OpDef.ArgDef.Builder b =
        dev.millrace.proto.OpDef.ArgDef.newBuilder().setName(a.name()).setIsRef(a.isRef());
    if (a.type() != null) {
      b.setTypeValue(a.type().number());
    }
    if (a.typeAttr() != null) {
      b.setTypeAttr(a.typeAttr());
    }
    if (a.numberAttr() != null) {
      b.setNumberAttr(a.numberAttr());
    }
    if (a.typeListAttr() != null) {
      b.setTypeListAttr(a.typeListAttr());
    }
    return b.build();
  }

  private static dev.millrace.proto.OpDef.AttrDef writeAttr(AttrDef a) {
    dev.millrace.proto.OpDef.AttrDef.Builder b =
        dev.millrace.proto.OpDef.AttrDef.newBuilder()
            .setName(a.name())
            .setType(kindName(a.kind(), a.list()));
    if (a.defaultValue() != null) {
      b.setDefaultValue(AttrProtos.write(a.defaultValue()));
    }
    if (a.minimum() != null) {
      b.setHasMinimum(true).setMinimum(a.minimum());
    }
    if (a.allowedTypes() != null) {
      ListValue.Builder l = b.getAllowedValuesBuilder().getListBuilder();
      a.allowedTypes().forEach(t -> l.addTypeValue(t.number()));
    }
    if (a.allowedStrings() != null) {
      ListValue.Builder l = b.getAllowedValuesBuilder().getListBuilder();
      a.allowedStrings().forEach(s -> l.addS(ByteString.copyFrom(s, StandardCharsets.UTF_8)));
    }
    return b.build();
  }
}
