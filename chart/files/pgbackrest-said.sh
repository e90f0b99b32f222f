# shellcheck shell=bash
# What pgBackRest's exit codes mean here; part of pgbackrest.sh and restore.sh.
#
# Source: build/error.yaml of pgBackRest.

what_it_said() {
  case $1 in
    28 | 51) echo "the repository holds another database under this stanza: restore that one by pgbackrest.restore, or choose another pgbackrest.stanza" ;;
    29) echo "a file of the repository cannot be understood: it is damaged, or the password of the encryption is another one" ;;
    31 | 32) echo "this version of pgBackRest does not know a setting, or not this value of it" ;;
    37) echo "a setting is missing: a key of the Secret may be empty" ;;
    38) echo "a server runs on these data" ;;
    41 | 42 | 47) echo "a file or directory cannot be read or made: see who owns the volume of the repository, and what room it has" ;;
    44 | 45) echo "the archive has this file of the log already, with other contents: another server archives to the same stanza" ;;
    49) echo "the object store cannot be reached" ;;
    50) echo "another backup runs" ;;
    55 | 103) echo "what is asked for is not in the repository: see the path and the stanza" ;;
    56 | 57 | 58) echo "the database cannot be asked" ;;
    68 | 87) echo "the server does not archive by pgBackRest: archive_mode or archive_command are not the chart's" ;;
    75) echo "there is no backup to begin with: none that is old enough, or none of that name" ;;
    82) echo "the log does not arrive in the archive: the server's own output says why" ;;
    95) echo "the certificate of the object store is not trusted, or the password of the encryption is another one; the words above tell which" ;;
    *) echo "pgBackRest ended with code $1; its words are above" ;;
  esac
}
