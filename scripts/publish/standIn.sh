#!/bin/sh
# Replaces `npm` or `gh` in the dry run of the publishing workflow. It records each command, and runs only
# commands that change nothing outside the copy of the repository.
# JOURNAL: the file for the commands. NPM: the real npm. PUBLISHED: the version that is on npm, if any.
tool="$(basename "$0")"
echo "$tool $*" >>"$JOURNAL"

publish() {
	# --force: the version may already be on npm. It skips only the checks of the version and of its tag.
	exec "$NPM" publish "$@" --dry-run --force
}

case "$tool $1" in
'npm run' | 'npm pack') exec "$NPM" "$@" ;;
'npm view') echo "$PUBLISHED" ;;
'npm publish')
	shift
	publish "$@"
	;;
'npm stage')
	[ "$2" = publish ] || exit 1
	shift 2
	publish "$@"
	;;
'npm config') [ "$2" != get ] || exec "$NPM" "$@" ;;
'npm ci' | 'gh release') ;;
*)
	echo "The dry run does not support this command: $tool $*" >&2
	exit 1
	;;
esac
