const { dest, src } = require('gulp');

const ASSETS = ['icons/*.svg', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'];

// Without `encoding: false`, gulp 5 reads all files as UTF-8, which corrupts binary images.
exports.assets = () => src(ASSETS, { base: '.', encoding: false }).pipe(dest('dist'));
