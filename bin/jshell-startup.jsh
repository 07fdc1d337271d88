import dev.millrace.autodiff.*;
import dev.millrace.graph.*;
import dev.millrace.ops.*;
import dev.millrace.session.*;
import dev.millrace.train.*;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
