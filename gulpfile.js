const { dest, src } = require('gulp');

const ASSETS = ['icons/*.svg', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'];

// Without `encoding: false` gulp 5 reads every file as UTF-8 text, which damages binary pictures.
exports.assets = () => src(ASSETS, { base: '.', encoding: false }).pipe(dest('dist'));
