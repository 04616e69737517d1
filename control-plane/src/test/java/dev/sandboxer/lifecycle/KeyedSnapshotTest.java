package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.snapshots.Snapshot;
import dev.sandboxer.testing.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Snapshots whose key no longer works don't keep its credential from being removed. */
class KeyedSnapshotTest extends KeyedTest {
    private Snapshot snapshot;

    @BeforeEach
    void keep() {
        var sandbox = create();
        snapshot = process.sandboxes().snapshots().make(sandbox, null);
        process.sandboxes().destroy(sandbox);
    }

    @Test
    void a_snapshot_to_delete_whose_account_refuses_the_key_is_given_up() {
        keyed.cloud().revoke(MINE);
        assertFails(ErrorCode.CREDENTIAL_IN_USE, "snapshot " + snapshot.id(), this::remove);

        assertFails(ErrorCode.CREDENTIAL_REFUSED, "stays at ext.cloud as snapshot:" + snapshot.id(), this::delete);

        assertThat(state()).isEqualTo("LEFT");
        keyed.cloud().heal();
        process.sandboxes().snapshots().settle();
        assertThat(keyed.cloud().snapshots()).as("not tried again").hasSize(1);
        remove();
        assertThat(process.credentials().list()).isEmpty();
    }

    @Test
    void a_refusal_of_the_deletion_alone_is_retried() {
        keyed.cloud().plan(Fault.Call.DELETE_SNAPSHOT, new Fault.Refused(Kind.CREDENTIAL, "403"));
        assertFails(ErrorCode.BACKEND_FAILED, "the deletion is retried", this::delete);
        assertFails(ErrorCode.CREDENTIAL_IN_USE, "snapshot " + snapshot.id(), this::remove);

        process.sandboxes().snapshots().settle();

        assertThat(keyed.cloud().snapshots()).isEmpty();
        remove();
    }

    @Test
    void a_snapshot_whose_key_cannot_be_decrypted_is_given_up_when_its_credential_is_removed() throws IOException {
        process.close();
        Files.delete(home.resolve("master-key.json"));
        process = installation.start(List.of(keyed));
        assertFails(ErrorCode.CREDENTIAL_IN_USE, "snapshot " + snapshot.id(), this::remove);
        assertFails(ErrorCode.MASTER_KEY_UNUSABLE, "is missing", this::delete);

        remove();

        assertThat(state()).isEqualTo("LEFT");
        assertThat(process.credentials().list()).isEmpty();
    }

    private void delete() {
        process.sandboxes().snapshots().delete(snapshot);
    }

    private void remove() {
        process.credentials().remove(own);
    }

    private String state() {
        return process.database()
                .read(handle -> handle.createQuery("SELECT state FROM snapshots")
                        .mapTo(String.class)
                        .one());
    }

    private static void assertFails(ErrorCode code, String text, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(text);
    }
}
