package dev.sandboxer.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract of sealed credentials and their master key, for every database. */
abstract class MasterKeyContract extends VaultFixture {
    @Test
    void neither_the_database_nor_its_log_holds_a_key() throws IOException {
        add("own", KEY);

        try (var files = Files.list(home)) {
            for (Path file : files.toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(KEY);
            }
        }
    }

    @Test
    void only_its_owner_may_read_the_master_key() throws IOException {
        add("own", KEY);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("master-key.json"))))
                .isEqualTo("rw-------");
    }

    @Test
    void a_sealed_text_opens_in_its_own_row_only() {
        var mine = add("own", KEY);
        var theirs = process.credentials()
                .add(Owner.consumer("other"), cloud.id(), "theirs", Map.of("key", "key_fedcba9876543210"), false);
        process.database()
                .write(handle -> handle.execute(
                        "UPDATE credentials SET sealed = (SELECT sealed FROM credentials WHERE id = ?) WHERE id = ?",
                        theirs.id().value(),
                        mine.id().value()));

        assertFails(
                ErrorCode.CREDENTIAL_UNDECRYPTABLE,
                mine.id().value(),
                () -> process.credentials().open(mine.id()));
    }

    @Test
    void after_a_rotation_everything_opens_and_the_old_master_key_opens_nothing() throws IOException {
        var stored = add("own", KEY);
        var old = Files.copy(home.resolve("master-key.json"), home.resolve("old"));

        assertThat(process.credentials().rotateMasterKey(false).count()).isEqualTo(1);

        assertThat(process.credentials().open(stored.id()).credential().fields())
                .containsEntry("key", KEY);
        Files.copy(old, home.resolve("master-key.json"), StandardCopyOption.REPLACE_EXISTING);
        assertFails(
                ErrorCode.CREDENTIAL_UNDECRYPTABLE,
                stored.id().value(),
                () -> process.credentials().open(stored.id()));
    }

    @Test
    void a_rotation_is_all_or_nothing() throws IOException {
        var good = add("own", KEY);
        var damaged = add("damaged", "key_fedcba9876543210");
        process.database()
                .write(handle -> handle.execute(
                        "UPDATE credentials SET sealed = substr(sealed, 1, 40) || 'AAAA' || substr(sealed, 45) WHERE id = ?",
                        damaged.id().value()));

        var before = Files.readString(home.resolve("master-key.json"));

        assertFails(
                ErrorCode.CREDENTIAL_UNDECRYPTABLE,
                damaged.id().value(),
                () -> process.credentials().rotateMasterKey(false));
        assertThat(home.resolve("master-key.json")).hasContent(before);

        assertThat(process.credentials().open(good.id()).credential().fields()).containsEntry("key", KEY);
        process.credentials().remove(damaged);
        assertThat(process.credentials().rotateMasterKey(false).count()).isEqualTo(1);
        assertThat(process.credentials().open(good.id()).credential().fields()).containsEntry("key", KEY);
    }

    @Test
    void a_wrong_or_missing_master_key_is_reported_and_never_replaced() throws IOException {
        var stored = add("own", KEY);
        Files.delete(home.resolve("master-key.json"));

        assertFails(
                ErrorCode.MASTER_KEY_UNUSABLE,
                "is missing",
                () -> process.credentials().open(stored.id()));
        assertFails(ErrorCode.MASTER_KEY_UNUSABLE, "is missing", () -> add("more", "key_fedcba9876543210"));
        assertThat(home.resolve("master-key.json")).doesNotExist();

        Files.writeString(home.resolve("master-key.json"), "no keyset");
        assertFails(
                ErrorCode.MASTER_KEY_UNUSABLE,
                "can't be read",
                () -> process.credentials().open(stored.id()));
    }

    @Test
    void nothing_is_sealed_with_a_master_key_that_opens_nothing_stored() throws IOException {
        var stored = add("own", KEY);
        var right = Files.copy(home.resolve("master-key.json"), home.resolve("right"));
        process.credentials().rotateMasterKey(false);
        var newest = Files.copy(home.resolve("master-key.json"), home.resolve("newest"));
        Files.copy(right, home.resolve("master-key.json"), StandardCopyOption.REPLACE_EXISTING);

        assertFails(
                ErrorCode.MASTER_KEY_UNUSABLE,
                "opens none of the credentials",
                () -> add("more", "key_fedcba9876543210"));

        Files.copy(newest, home.resolve("master-key.json"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(process.credentials().list()).containsExactly(stored);
        add("more", "key_fedcba9876543210");
    }
}
