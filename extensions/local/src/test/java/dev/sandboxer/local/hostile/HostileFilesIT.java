package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sandboxer.extension.OperationException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

class HostileFilesIT {
    /** The sandbox says no; which no depends on where the attack ends. */
    static OperationException.Reason refused(ThrowingCallable call) {
        var thrown = catchThrowable(call);
        assertThat(thrown).isInstanceOf(OperationException.class);
        return ((OperationException) thrown).reason();
    }
}
